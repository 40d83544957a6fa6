import type { DecodeResult, RecordCodec, SchemaRegistry } from '@detent/pipeline';
import { recordsOf, subjectOf } from '@detent/schemas';
import type { Type } from 'avsc';
import { TruncatedError } from './bounded-collections.ts';
import { typeOf } from './types.ts';

const HEADER_BYTES = 5;
/** Values lie side by side in chunks of this size: a copy of each into a buffer of its own would cost a fifth of writing it. */
const CHUNK_BYTES = 256 * 1024;
/** With less room than this left, the next chunk is begun. */
const LEAST_ROOM_BYTES = 2 * 1024;

/** Thrown when a value cannot be written: it does not fit its schema, or its topic was not prepared. */
export class CodecError extends Error {
  readonly code: 'DETENT_CODEC_INVALID' | 'DETENT_CODEC_UNPREPARED';
  readonly retriable = false;
  constructor(code: CodecError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodecError';
    this.code = code;
  }
}

export interface AvroCodecOptions {
  registry: SchemaRegistry;
  /** Full name of a record → its current schema: what is written, and what everything is read as. */
  schemas: Readonly<Record<string, object>>;
  /** Topic prefix, `detent.`. */
  prefix: string;
}

/** How to read what was written with one schema id. */
type Reading =
  | { name: string; type: Type; resolver: ReturnType<Type['createResolver']> | undefined }
  | { code: string; message: string };

interface Writing {
  id: number;
  type: Type;
}

/**
 * `RecordCodec` in the Confluent wire format. What was written with another version of a schema is read as our current
 * one of the same full name, so that added fields have their defaults. Codes of refusal: `TRUNCATED`, `BAD_MAGIC`,
 * `TRAILING_BYTES`, `MALFORMED`, `UNEXPECTED_RECORD`, `INCOMPATIBLE_SCHEMA`.
 */
export function createAvroCodec({ registry, schemas, prefix }: AvroCodecOptions): RecordCodec {
  const types = new Map<string, Type>();
  const readings = new Map<number, Reading>();
  const writings = new Map<string, Map<string, Writing>>();
  let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let written = 0;

  function currentType(name: string): Type | undefined {
    const schema = schemas[name];
    if (schema === undefined) return undefined;
    const known = types.get(name) ?? typeOf(schema);
    types.set(name, known);
    return known;
  }

  function readingOf(id: number, schema: object): Reading {
    let writer: Type;
    try {
      writer = typeOf(schema);
    } catch (error) {
      return { code: 'MALFORMED', message: `schema ${id} is not valid Avro: ${(error as Error).message}` };
    }
    const name = writer.name ?? writer.typeName;
    const type = currentType(name);
    if (type === undefined)
      return { code: 'UNEXPECTED_RECORD', message: `schema ${id} is of ${name}, not one of ours` };
    try {
      return { name, type, resolver: type.equals(writer) ? undefined : type.createResolver(writer) };
    } catch (error) {
      const message = `${name} as written with schema ${id} cannot be read as ours: ${(error as Error).message}`;
      return { code: 'INCOMPATIBLE_SCHEMA', message };
    }
  }

  function newChunk(bytes: number): void {
    chunk = Buffer.allocUnsafeSlow(bytes);
    written = 0;
  }

  async function prepare(topic: string): Promise<void> {
    if (writings.has(topic)) return;
    const names = recordsOf(topic.slice(prefix.length));
    const entries = await Promise.all(
      names.map(async (name): Promise<[string, Writing]> => {
        const schema = schemas[name]!;
        const id = await registry.register(subjectOf(topic, name), schema);
        readings.set(id, readingOf(id, schema));
        return [name, { id, type: currentType(name)! }];
      }),
    );
    writings.set(topic, new Map(entries));
  }

  return {
    async prepare(topics) {
      for (const topic of topics) await prepare(topic);
    },

    encode(topic, name, value) {
      const writing = writings.get(topic)?.get(name);
      if (writing === undefined) {
        const message = `${name} was not prepared for ${topic}: name the topic in the service's outputs, and the record in schemas/topics.ts`;
        throw new CodecError('DETENT_CODEC_UNPREPARED', message);
      }
      try {
        if (chunk.length - written < LEAST_ROOM_BYTES) newChunk(CHUNK_BYTES);
        let end = writing.type.encode(value, chunk, written + HEADER_BYTES);
        if (end < 0) {
          newChunk(Math.max(CHUNK_BYTES, chunk.length - written - end));
          end = writing.type.encode(value, chunk, HEADER_BYTES);
        }
        const start = written;
        written = end;
        chunk[start] = 0;
        chunk.writeUInt32BE(writing.id, start + 1);
        return chunk.subarray(start, end);
      } catch (error) {
        throw new CodecError('DETENT_CODEC_INVALID', `${name} for ${topic}: ${faultOf(writing.type, value)}`, {
          cause: error,
        });
      }
    },

    decode(bytes): DecodeResult {
      if (bytes.length > 0 && bytes[0] !== 0)
        return refused('BAD_MAGIC', 'the value does not begin with byte 0: not in the Confluent wire format');
      if (bytes.length < HEADER_BYTES) return refused('TRUNCATED', `${bytes.length} bytes: not even a schema id`);
      const id = bytes.readUInt32BE(1);
      const reading = readings.get(id);
      if (reading === undefined) return { ok: false, unknownSchema: id };
      if ('code' in reading) return { ok: false, ...reading };
      try {
        const { value, offset } = reading.type.decode(bytes, HEADER_BYTES, reading.resolver) as {
          value: unknown;
          offset: number;
        };
        if (offset < 0) return refused('TRUNCATED', `the ${bytes.length} bytes end inside ${reading.name}`);
        if (offset < bytes.length)
          return refused('TRAILING_BYTES', `${bytes.length - offset} bytes follow ${reading.name}`);
        return { ok: true, record: { name: reading.name, value } };
      } catch (error) {
        const code = error instanceof TruncatedError ? 'TRUNCATED' : 'MALFORMED';
        return refused(code, `${reading.name}: ${(error as Error).message}`);
      }
    },

    async fetch(id) {
      if (readings.has(id)) return true;
      const schema = await registry.byId(id);
      if (schema === undefined) return false;
      readings.set(id, readingOf(id, schema));
      return true;
    },
  };
}

function refused(code: string, message: string): DecodeResult {
  return { ok: false, code, message };
}

/** The first field that does not fit, by path. */
function faultOf(type: Type, value: unknown): string {
  let fault = 'the value does not fit its schema';
  let found = false;
  type.isValid(value, {
    errorHook(path: string[], part: unknown, wanted: Type) {
      if (found) return;
      found = true;
      fault = `field ${path.join('.') || '(itself)'} must be ${wanted.typeName}, but is ${JSON.stringify(part) ?? typeof part}`;
    },
  });
  return fault;
}
