import type { DecodeResult, RecordCodec } from '@detent/pipeline';

/**
 * A codec for tests of the pipeline itself: JSON behind a schema id. Ids in `unknown` are unknown until `fetch` is
 * called, which answers what `fetched` says.
 */
export function createJsonCodec(
  options: { unknown?: Set<number>; fetched?: (id: number) => Promise<boolean> } = {},
): RecordCodec {
  const unknown = options.unknown ?? new Set<number>();
  return {
    async prepare() {},
    encode: (_topic, name, value) => Buffer.from(JSON.stringify({ id: 1, name, value })),
    decode(bytes): DecodeResult {
      let parsed: { id: number; name: string; value: unknown };
      try {
        parsed = JSON.parse(bytes.toString());
      } catch (error) {
        return { ok: false, code: 'TRUNCATED', message: (error as Error).message };
      }
      if (unknown.has(parsed.id)) return { ok: false, unknownSchema: parsed.id };
      return { ok: true, record: { name: parsed.name, value: parsed.value } };
    },
    async fetch(id) {
      const known = await (options.fetched?.(id) ?? Promise.resolve(true));
      if (known) unknown.delete(id);
      return known;
    },
  };
}

/** The codec of one service, which writes only to topics that the service has prepared. */
export function ownCodec(codec: RecordCodec): RecordCodec {
  const prepared = new Set<string>();
  return {
    ...codec,
    async prepare(topics) {
      await codec.prepare(topics);
      for (const topic of topics) prepared.add(topic);
    },
    encode(topic, name, value) {
      if (!prepared.has(topic)) throw new Error(`${topic} was not prepared`);
      return codec.encode(topic, name, value);
    },
  };
}
