import { createRequire } from 'node:module';

/** avsc's writer of bytes, as far as strings need it. */
interface Tap {
  buf: Buffer & { utf8Write(text: string, at: number, length: number): number };
  pos: number;
  writeLong(value: number): void;
  writeString(text: string): void;
}

/** Up to so many characters, writing them one by one is faster than a call. */
const SHORT = 24;
/** The length of a text takes one byte below the first of these, two below the second. */
const ONE_BYTE = 64;
const TWO_BYTES = 8192;
/** A character takes at most so many bytes. */
const WIDEST = 3;

/**
 * Makes avsc write short ASCII texts in one pass, and long ones by one copy: as it comes, it measures each text and then
 * writes it character by character. Other texts take its own way. Past the end of the buffer it only counts, as avsc
 * does, so that the caller learns how much room is needed.
 */
export function quickenStrings(): void {
  const require = createRequire(import.meta.url);
  const { Tap } = require('avsc/lib/utils') as { Tap: { prototype: Tap } };
  const original = Tap.prototype.writeString;
  Tap.prototype.writeString = function (text) {
    const { length } = text;
    const start = this.pos;
    if (length > SHORT) {
      const at = start + (length < ONE_BYTE ? 1 : 2);
      const room = this.buf.length - at;
      // As many bytes as characters: it is ASCII, and the guess at its length was right.
      if (length >= TWO_BYTES || room < WIDEST * length || this.buf.utf8Write(text, at, room) !== length)
        return original.call(this, text);
      this.writeLong(length);
      this.pos = at + length;
      return;
    }
    // A length up to 24 is one byte, twice the number.
    const { buf } = this;
    if (start + 1 + length > buf.length) return original.call(this, text);
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return original.call(this, text);
      buf[start + 1 + i] = code;
    }
    buf[start] = 2 * length;
    this.pos = start + 1 + length;
  };
}
