import { hashOf, type LogRecord, type OutRecord } from '@detent/pipeline';
import { cloudEventHeader } from '@detent/schemas';

type Written = Pick<OutRecord | LogRecord, 'key' | 'value' | 'headers'>;

/** The same for two records exactly when key, value and headers are the same bytes. */
export function contentOf({ key, value, headers = {} }: Written): string {
  let named = '';
  for (const name of Object.keys(headers).sort()) named += `\n${name}=${headers[name]}`;
  const front = `${key?.length ?? -1}:${value?.length ?? -1}${named}\n`;
  return hashOf(Buffer.concat([Buffer.from(front), key ?? EMPTY, value ?? EMPTY]));
}

const EMPTY = Buffer.alloc(0);

/** A record for people: its CloudEvents id, else its key. */
export function nameOf({ key, headers = {} }: Written): string {
  const id = headers[cloudEventHeader.id];
  return id === undefined ? `${key ?? 'no key'}` : `${key ?? 'no key'} (${id})`;
}
