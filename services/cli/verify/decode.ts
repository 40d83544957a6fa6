import type { Decoded, RecordCodec } from '@detent/pipeline';

/** A record as we read it, whatever version of its schema it was written with; undefined where that cannot be. */
export async function decodeAny(codec: RecordCodec, value: Buffer | null): Promise<Decoded | undefined> {
  if (value === null) return undefined;
  let decoded = codec.decode(value);
  if (!decoded.ok && 'unknownSchema' in decoded && (await codec.fetch(decoded.unknownSchema)))
    decoded = codec.decode(value);
  return decoded.ok ? decoded.record : undefined;
}
