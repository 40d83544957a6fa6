const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is written lies side by side in chunks of this size: an array buffer for each state is dear to make and to collect. */
const CHUNK = 65_536;
const LEAST_ROOM = 2048;

/** Writes little-endian, into chunks that are handed out piece by piece. */
export class ByteWriter {
  #bytes = new Uint8Array(CHUNK);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;

  begin(): void {
    this.#start = this.#end;
    if (this.#bytes.length - this.#end < LEAST_ROOM) this.#room(CHUNK);
  }

  /** What was written since `begin`: nobody else writes there. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#start, this.#end - this.#start);
  }

  /** Makes room to be filled in by `set`; returns where. */
  reserve(length: number): number {
    this.#room(length);
    this.#end += length;
    return this.#end - length - this.#start;
  }

  set(at: number, byte: number): void {
    this.#bytes[this.#start + at] = byte;
  }

  byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#end++] = byte;
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  float(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#end, value, true);
    this.#end += 8;
  }

  /** A whole number from 0 to 2^53 in as few bytes as it needs. */
  count(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  text(text: string | undefined): void {
    if (text === undefined) {
      this.byte(0);
      return;
    }
    // Ids are ASCII: one byte a character, without the encoder.
    this.#room(text.length + 10);
    const start = this.#end;
    this.count(text.length + 1);
    let at = this.#end;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        this.#end = start;
        const encoded = encoder.encode(text);
        this.count(encoded.length + 1);
        this.bytes(encoded);
        return;
      }
      this.#bytes[at++] = unit;
    }
    this.#end = at;
  }

  #room(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const written = this.#end - this.#start;
    const fresh = new Uint8Array(Math.max(CHUNK, 2 * written + length));
    fresh.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = fresh;
    this.#view = new DataView(fresh.buffer);
    this.#start = 0;
    this.#end = written;
  }
}

/** Texts up to this long are made in one call; a longer one would need too large a stack. */
const SHORT = 1024;

/** Reads what `ByteWriter` wrote. One is used again and again: what is read is short, and making readers would cost more. */
export class ByteReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Reads `bytes` from `at`. */
  begin(bytes: Uint8Array, at: number): void {
    // Bytes that came together share a buffer, and a view is dear to make.
    if (bytes.buffer !== this.#view.buffer) this.#view = new DataView(bytes.buffer);
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Passes over bytes; returns where they begin. */
  skip(length: number): number {
    this.#at += length;
    return this.#at - length;
  }

  byte(): number {
    return this.#bytes[this.#at++]!;
  }

  float(): number {
    const at = this.#at;
    this.#at += 8;
    if (this.#at > this.#bytes.length) throw new RangeError('bytes end within a number');
    return this.#view.getFloat64(this.#bytes.byteOffset + at, true);
  }

  count(): number {
    let value = 0;
    let scale = 1;
    for (let byte = this.byte(); ; byte = this.byte()) {
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
      scale *= 128;
    }
  }

  text(): string | undefined {
    const length = this.count() - 1;
    if (length < 0) return undefined;
    const start = this.skip(length);
    const bytes = this.#bytes.subarray(start, start + length);
    if (length > SHORT) return decoder.decode(bytes);
    for (let i = 0; i < length; i++) if (bytes[i]! > 127) return decoder.decode(bytes);
    return String.fromCharCode.apply(null, bytes as unknown as number[]);
  }
}
