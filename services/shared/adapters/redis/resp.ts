import { Command } from 'ioredis';
import { buffers } from '../buffers/buffer-pool.ts';

const CR = 13;
const LF = 10;
const DOLLAR = 36;
const ASTERISK = 42;
const ZERO = 48;

/**
 * A command as the bytes that Redis reads, written in one go: the library makes a string or a buffer of each argument
 * and joins them afterwards, which for thousands of keys and values costs more than all else about a state.
 */
export class RespWriter {
  #bytes: Buffer;
  #at = 0;

  /** `args` follow, the name of the command among them. `room`: bytes to begin with. `finish` says whose they are. */
  constructor(args: number, room: number) {
    this.#bytes = buffers.take(Math.max(room, 64));
    this.#header(ASTERISK, args);
  }

  /** UTF-8. */
  text(text: string): void {
    const { length } = text;
    this.#room(length + 32);
    const start = this.#at;
    this.#header(DOLLAR, length);
    let at = this.#at;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        this.#at = start;
        this.bytes(Buffer.from(text));
        return;
      }
      bytes[at++] = unit;
    }
    this.#at = at;
    this.#end();
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length + 32);
    this.#header(DOLLAR, value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    this.#end();
  }

  /** The command. Whoever sends it gives the bytes back to `buffers` when the answer is there. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #header(kind: number, count: number): void {
    this.#bytes[this.#at++] = kind;
    let digits = 1;
    for (let rest = count; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
    let rest = count;
    for (let i = digits - 1; i >= 0; i -= 1) {
      this.#bytes[this.#at + i] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#at += digits;
    this.#end();
  }

  #end(): void {
    this.#bytes[this.#at++] = CR;
    this.#bytes[this.#at++] = LF;
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = buffers.take(2 * this.#bytes.length + length);
    larger.set(this.#bytes.subarray(0, this.#at));
    buffers.give(this.#bytes);
    this.#bytes = larger;
  }
}

/** `bytes` are sent as they stand, again where the connection is made anew. `args` only tell the library the slot. */
class WrittenCommand extends Command {
  readonly #bytes: Buffer;

  constructor(name: string, args: (string | Buffer)[], bytes: Buffer) {
    super(name, args, { replyEncoding: null });
    this.#bytes = bytes;
  }

  override toWritable(): Buffer {
    return this.#bytes;
  }
}

/** A command for `sendCommand` whose bytes a `RespWriter` wrote; `args` begin as the command's own do, up to its first key. */
export function writtenCommand(name: string, args: (string | Buffer)[], bytes: Buffer): Command {
  return new WrittenCommand(name, args, bytes);
}
