const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes into a buffer that is reused and grows as needed. Little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  begin(): void {
    this.#end = 0;
  }

  /** A copy of what was written since `begin`. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#end);
  }

  /** Makes room to be filled in by `set`; returns where. */
  reserve(length: number): number {
    this.#room(length);
    this.#end += length;
    return this.#end - length;
  }

  set(at: number, byte: number): void {
    this.#bytes[at] = byte;
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
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + length));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads what `ByteWriter` wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
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
    let text = '';
    for (let i = start; i < start + length; i++) {
      const byte = this.#bytes[i]!;
      if (byte > 127) return decoder.decode(this.#bytes.subarray(start, start + length));
      text += String.fromCharCode(byte);
    }
    return text;
  }
}
