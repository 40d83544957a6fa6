import { hashOf, type LogRecord, type RecordCodec } from '@detent/pipeline';
import { packedBy, packNameOf } from '@detent/schemas';
import { decodeAny } from './decode.ts';
import type { Expected, Leftovers } from './lane.ts';

/** A record, or an item of one that is a pack. */
export interface Part<T> {
  of: T;
  what: string;
}

/** Packs do not have to hold the same items together: what is left of records is compared item by item. */
export async function matchItems(
  { expected, seen }: Leftovers,
  codec: RecordCodec,
): Promise<{ expected: Part<Expected>[]; seen: Part<LogRecord>[] }> {
  const wanted = new Map<string, Part<Expected>[]>();
  const missing: Part<Expected>[] = [];
  for (const each of expected) {
    for (const { id, what } of await partsOf(each.record.value, codec)) {
      const part = { of: each, what };
      if (id === undefined) missing.push(part);
      else wanted.set(id, [...(wanted.get(id) ?? []), part]);
    }
  }
  const strange: Part<LogRecord>[] = [];
  for (const record of seen) {
    for (const { id, what } of await partsOf(record.value, codec)) {
      if (id === undefined || wanted.get(id)?.pop() === undefined) strange.push({ of: record, what });
    }
  }
  for (const parts of wanted.values()) missing.push(...parts);
  return { expected: missing, seen: strange };
}

/** Only items of packs, and what travels alone though it could be in one, have an id. */
async function partsOf(value: Buffer | null, codec: RecordCodec): Promise<{ id: string | undefined; what: string }[]> {
  if (value === null) return [{ id: undefined, what: 'a tombstone' }];
  const decoded = await decodeAny(codec, value);
  if (decoded === undefined) return [{ id: undefined, what: 'a record' }];
  const { name, value: held } = decoded;
  const packed = packedBy(name);
  if (packed !== undefined) return (held as { items: unknown[] }).items.map((item) => partOf(packed.name, item));
  return packNameOf(name) === undefined ? [{ id: undefined, what: shortName(name) }] : [partOf(name, held)];
}

function partOf(name: string, item: unknown): { id: string; what: string } {
  const text = JSON.stringify(item);
  return { id: hashOf(Buffer.from(`${name}\n${text}`)), what: `${shortName(name)} ${text.slice(0, 120)}` };
}

const shortName = (name: string) => name.slice(name.lastIndexOf('.') + 1);
