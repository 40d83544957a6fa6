import { words } from './words.ts';

/** First byte of a state. Those of earlier versions are JSON objects, which begin with a brace. */
const VERSION = 1;
const BRACE = 0x7b;

/** What a byte begins. Below `TEXT`: what these say; from there on strings. */
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const FLOAT = 3;
const WHOLE = 4;
const NEGATIVE = 5;
const ARRAY = 6;
const OBJECT = 7;
const END = 8;
/** A string, its bytes counted by the number that follows. */
const LONG_TEXT = 9;
/** One of the last strings of the same state, by its place among those. */
const AGAIN = 10;
/** A word, by a number. */
const WORD = 11;
/** Small whole numbers, ASCII strings and words in the byte itself. */
const SMALL = 0x20;
const TEXT = 0x40;
const NEAR_WORD = 0x80;
const MAX_SMALL = TEXT - SMALL;
const MAX_TEXT = NEAR_WORD - TEXT;
const MAX_NEAR_WORD = 0x100 - NEAR_WORD;
/** Shorter strings cost little more than a mention of them. */
const WORTH_A_MENTION = 6;
/** So many strings of a state are remembered, the last ones. */
const REMEMBERED = 64;
/** Up to so many characters are written one by one sooner than by a call. */
const SHORT = 16;
const ROOM = 64 * 1024;
/** More than anything but a string takes. */
const MARGIN = 32;

/** Thrown when a state was written by a newer version, or is cut short. */
export class DecisionStateError extends Error {
  readonly code = 'DETENT_DECISIONS_STATE';
  readonly retriable = false;
}

const places: ReadonlyMap<string, number> = new Map(words.map((word, i) => [word, i]));
const LONGEST_WORD = Math.max(...words.map(({ length }) => length));

/** Writes states; one after another, into memory that it keeps. */
class Writer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(ROOM);
  #at = 0;
  /** The last strings, each at the place of its number; to look through so few is quicker than to hash them. */
  readonly #last: string[] = Array(REMEMBERED).fill('');
  readonly #lengths = new Int32Array(REMEMBERED);
  #texts = 0;

  state(value: object): Buffer {
    this.#bytes[0] = VERSION;
    this.#at = 1;
    this.#lengths.fill(0);
    this.#texts = 0;
    this.#value(value);
    const state = Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(state, 0, 0, this.#at);
    return state;
  }

  #value(value: unknown): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'boolean') this.#byte(value ? TRUE : FALSE);
    else if (value === null || value === undefined) this.#byte(NULL);
    else if (Array.isArray(value)) {
      this.#byte(ARRAY);
      this.#count(value.length);
      for (const item of value) this.#value(item);
    } else {
      this.#byte(OBJECT);
      const of = value as Readonly<Record<string, unknown>>;
      for (const key of Object.keys(of)) {
        const field = of[key];
        if (field === undefined) continue;
        this.#text(key);
        this.#value(field);
      }
      this.#byte(END);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value >= 0 && value < MAX_SMALL) this.#byte(SMALL + value);
      else {
        this.#byte(value < 0 ? NEGATIVE : WHOLE);
        this.#count(Math.abs(value));
      }
    } else if (Number.isFinite(value)) {
      this.#byte(FLOAT);
      this.#at = this.#bytes.writeDoubleLE(value, this.#at);
    } else this.#byte(NULL);
  }

  #text(text: string): void {
    const word = text.length <= LONGEST_WORD ? places.get(text) : undefined;
    if (word !== undefined) {
      if (word < MAX_NEAR_WORD) this.#byte(NEAR_WORD + word);
      else this.#mention(WORD, word - MAX_NEAR_WORD);
      return;
    }
    if (text.length >= WORTH_A_MENTION) {
      const before = this.#placeOf(text);
      if (before >= 0) {
        this.#mention(AGAIN, before);
        return;
      }
      const place = this.#texts % REMEMBERED;
      this.#last[place] = text;
      this.#lengths[place] = text.length;
      this.#texts += 1;
    }
    this.#bytesOf(text);
  }

  #placeOf(text: string): number {
    const lengths = this.#lengths;
    for (let i = Math.min(this.#texts, REMEMBERED) - 1; i >= 0; i -= 1)
      if (lengths[i] === text.length && this.#last[i] === text) return i;
    return -1;
  }

  /** Nearly all are of ASCII, a byte a character: where one proves not to be, it is written again with its bytes counted. */
  #bytesOf(text: string): void {
    const { length } = text;
    const from = this.#at;
    this.#ensure(3 * length);
    this.#textHead(length);
    const written = length < SHORT ? this.#short(text) : this.#bytes.write(text, this.#at);
    if (written === length) {
      this.#at += length;
      return;
    }
    this.#at = from;
    this.#mention(LONG_TEXT, Buffer.byteLength(text));
    this.#at += this.#bytes.write(text, this.#at);
  }

  #textHead(length: number): void {
    if (length < MAX_TEXT) this.#byte(TEXT + length);
    else this.#mention(LONG_TEXT, length);
  }

  /** Returns the characters written, up to the first that is none of ASCII. */
  #short(text: string): number {
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return i;
      this.#bytes[this.#at + i] = code;
    }
    return text.length;
  }

  #mention(what: number, place: number): void {
    this.#byte(what);
    this.#count(place);
  }

  /** Seven bits a byte, the lowest first. */
  #count(count: number): void {
    let rest = count;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  /** Makes sure of room for the byte and for what a number after it takes. */
  #byte(byte: number): void {
    if (this.#at + MARGIN > this.#bytes.length) this.#ensure(MARGIN);
    this.#bytes[this.#at++] = byte;
  }

  #ensure(more: number): void {
    if (this.#at + more + MARGIN <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafeSlow(2 * (this.#at + more + MARGIN));
    this.#bytes.copy(wider, 0, 0, this.#at);
    this.#bytes = wider;
  }
}

/** Reads one state. */
class Reader {
  readonly #bytes: Buffer;
  #at = 1;
  readonly #last: string[] = [];
  #texts = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(): unknown {
    const byte = this.#byte();
    switch (byte) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case FLOAT:
        this.#at += 8;
        return this.#bytes.readDoubleLE(this.#at - 8);
      case WHOLE:
        return this.#count();
      case NEGATIVE:
        return -this.#count();
      case ARRAY:
        return Array.from({ length: this.#count() }, () => this.value());
      case OBJECT:
        return this.#object();
      default:
        return byte >= SMALL && byte < TEXT ? byte - SMALL : this.#text(byte);
    }
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let byte = this.#byte(); byte !== END; byte = this.#byte()) object[this.#text(byte)] = this.value();
    return object;
  }

  #text(byte: number): string {
    if (byte >= NEAR_WORD) return wordAt(byte - NEAR_WORD);
    if (byte === WORD) return wordAt(MAX_NEAR_WORD + this.#count());
    if (byte === AGAIN) return this.#again();
    const length = byte === LONG_TEXT ? this.#count() : byte - TEXT;
    if (length < 0 || this.#at + length > this.#bytes.length) throw new RangeError(`no text of ${length} bytes`);
    this.#at += length;
    const text = this.#bytes.toString('utf8', this.#at - length, this.#at);
    if (text.length >= WORTH_A_MENTION) {
      this.#last[this.#texts % REMEMBERED] = text;
      this.#texts += 1;
    }
    return text;
  }

  #again(): string {
    const text = this.#last[this.#count()];
    if (text === undefined) throw new RangeError('it mentions a text that it has not held');
    return text;
  }

  #count(): number {
    let count = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte();
      count += (byte & 0x7f) * scale;
      if (byte < 0x80) return count;
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('it ends too soon');
    this.#at += 1;
    return byte;
  }
}

function wordAt(place: number): string {
  const word = words[place];
  if (word === undefined) throw new RangeError(`it has a word ${place}, of which this version knows nothing`);
  return word;
}

const writer = new Writer();

/**
 * A state of a decision service to bytes, a third of what JSON takes: what goes to the changelog and to Redis costs by the
 * byte. Of values it keeps what JSON would; the same state gives the same bytes.
 */
export function encodeDecisionState(state: object): Buffer {
  return writer.state(state);
}

/** Bytes to the state, also of versions that wrote JSON. Throws `DecisionStateError`. */
export function decodeDecisionState(bytes: Buffer): object {
  if (bytes[0] === BRACE) return JSON.parse(bytes.toString()) as object;
  if (bytes[0] !== VERSION)
    throw new DecisionStateError(
      `a state of version ${bytes[0]}: only ${VERSION} is known. Was it written by a newer release?`,
    );
  try {
    return new Reader(bytes).value() as object;
  } catch (error) {
    throw new DecisionStateError(`a state of ${bytes.length} bytes cannot be read`, { cause: error });
  }
}
