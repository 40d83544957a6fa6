import { NO_GAINS } from '../attributes/gain.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { defaultsOf, type Layout } from './layout.ts';
import type { EntityState, LinkTarget } from './state.ts';
import { StatePool } from './state-pool.ts';
import type { Value } from './types.ts';

/**
 * Format: 1 (version) | fingerprint, 8 bytes | epoch | a bit per word: differs from its default | those words |
 * texts | links. Texts are length + 1 and UTF-8, 0 for none.
 */
const VERSION = 1;
const HEADER_BYTES = 9;
const UNANSWERED = 0;
const MISSING = 1;
const NUMBER = 2;
const TEXT = 3;
const FALSE = 4;
const TRUE = 5;

const writer = new ByteWriter();
const reader = new ByteReader();

/** States of one layout to bytes and back. Decoding and encoding again gives the same bytes. */
export class StateCodec {
  readonly #layout: Layout;
  readonly #defaults: Float64Array;
  readonly #header: Uint8Array;
  readonly #pool: StatePool;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#defaults = defaultsOf(layout);
    this.#pool = new StatePool(this.#defaults, layout.texts, layout.links.length);
    this.#header = new Uint8Array(HEADER_BYTES);
    this.#header[0] = VERSION;
    for (let i = 0; i < 8; i++) this.#header[1 + i] = Number.parseInt(layout.fingerprint.slice(i * 2, i * 2 + 2), 16);
  }

  /** An entity of which nothing is known. */
  create(entityType: string, entityId: string): EntityState {
    return this.#pool.take(entityType, entityId);
  }

  /** Takes back a state made here that nobody will look at again: the next one made may be the same object. */
  recycle(state: EntityState): void {
    this.#pool.give(state);
  }

  /** True when the bytes bear this layout's fingerprint. */
  reads(bytes: Uint8Array): boolean {
    for (let i = 0; i < HEADER_BYTES; i++) if (bytes[i] !== this.#header[i]) return false;
    return true;
  }

  encode(state: EntityState): Uint8Array {
    const { nums } = state;
    const defaults = this.#defaults;
    writer.begin();
    writer.bytes(this.#header);
    writer.text(state.epoch);
    const bits = writer.reserve(Math.ceil(nums.length / 8));
    let byte = 0;
    for (let i = 0; i < nums.length; i++) {
      const word = nums[i]!;
      const usual = defaults[i]!;
      if (word !== usual && !(Number.isNaN(word) && Number.isNaN(usual))) {
        byte |= 1 << (i & 7);
        writer.float(word);
      }
      if ((i & 7) === 7 || i === nums.length - 1) {
        writer.set(bits + (i >> 3), byte);
        byte = 0;
      }
    }
    for (const text of state.texts) writer.text(text);
    for (const targets of state.links) encodeLinks(targets);
    return writer.finish();
  }

  /** `bytes` must bear this layout's fingerprint. */
  decode(entityType: string, entityId: string, bytes: Uint8Array): EntityState {
    const state = this.create(entityType, entityId);
    reader.begin(bytes, HEADER_BYTES);
    state.epoch = reader.text() ?? '';
    const { nums, texts, links } = state;
    const bits = reader.skip(Math.ceil(nums.length / 8));
    for (let i = 0; i < nums.length; i++) {
      if ((i & 7) === 0 && bytes[bits + (i >> 3)] === 0) i += 7;
      else if ((bytes[bits + (i >> 3)]! >> (i & 7)) & 1) nums[i] = reader.float();
    }
    for (let i = 0; i < texts.length; i++) texts[i] = reader.text();
    for (let i = 0; i < links.length; i++) {
      const { values, refs, gains = 0 } = this.#layout.links[i]!;
      links[i] = decodeLinks(values, refs, gains);
    }
    return state;
  }
}

/** The fingerprint that a stored state bears; throws `DETENT_CORE_STATE_FORMAT` when it is no state of ours. */
export function fingerprintIn(bytes: Uint8Array): string {
  if (bytes[0] !== VERSION || bytes.length < HEADER_BYTES) {
    const error = new Error(
      `a stored state begins with byte ${bytes[0]}, not ${VERSION}: it was written by another program`,
    );
    throw Object.assign(error, { code: 'DETENT_CORE_STATE_FORMAT', retriable: false });
  }
  let text = '';
  for (let i = 1; i < HEADER_BYTES; i++) text += bytes[i]!.toString(16).padStart(2, '0');
  return text;
}

function encodeLinks(targets: readonly LinkTarget[] | undefined): void {
  writer.count(targets === undefined ? 0 : targets.length + 1);
  for (const target of targets ?? []) {
    writer.text(target.entityId);
    writer.count(target.refVersion);
    writer.count(target.targetSequence);
    for (const value of target.values) writer.float(value);
    for (const ref of target.refs) encodeRef(ref);
    for (const gain of target.gains) writer.float(gain);
  }
}

function decodeLinks(values: number, refs: number, gains: number): LinkTarget[] | undefined {
  const count = reader.count();
  if (count === 0) return undefined;
  const targets: LinkTarget[] = [];
  for (let n = 1; n < count; n++) {
    const target: LinkTarget = {
      entityId: reader.text() ?? '',
      refVersion: reader.count(),
      targetSequence: reader.count(),
      values: [],
      refs: [],
      gains: gains === 0 ? NO_GAINS : [],
    };
    for (let i = 0; i < values; i++) target.values.push(reader.float());
    for (let i = 0; i < refs; i++) target.refs.push(decodeRef());
    for (let i = 0; i < gains; i++) target.gains.push(reader.float());
    targets.push(target);
  }
  return targets;
}

function encodeRef(ref: Value | null | undefined): void {
  if (ref === undefined) writer.byte(UNANSWERED);
  else if (ref === null) writer.byte(MISSING);
  else if (typeof ref === 'boolean') writer.byte(ref ? TRUE : FALSE);
  else if (typeof ref === 'number') {
    writer.byte(NUMBER);
    writer.float(ref);
  } else {
    writer.byte(TEXT);
    writer.text(ref);
  }
}

function decodeRef(): Value | null | undefined {
  switch (reader.byte()) {
    case MISSING:
      return null;
    case NUMBER:
      return reader.float();
    case TEXT:
      return reader.text() ?? '';
    case FALSE:
      return false;
    case TRUE:
      return true;
    default:
      return undefined;
  }
}
