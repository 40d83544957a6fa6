import type { Runtime } from '@detent/adapters';
import { didYouMean } from '@detent/core';
import { UsageError } from '../errors.ts';
import { letters, type Selection } from './letters.ts';

/**
 * Says of a selection that no dead letter fits which of its words none bears, and which there are. Throws `UsageError`;
 * returns where each word is borne by some, or where there are no dead letters at all.
 */
export async function refuseUnknown(
  runtime: Pick<Runtime, 'log' | 'config'>,
  { code, topic, service, id }: Selection,
): Promise<void> {
  const { topicPrefix } = runtime.config;
  const known = { code: new Set<string>(), topic: new Set<string>(), service: new Set<string>() };
  let isKnownId = id === undefined;
  for await (const letter of letters(runtime)) {
    known.code.add(letter.code);
    known.topic.add(letter.topic);
    known.service.add(letter.service);
    if (letter.id === id) isKnownId = true;
  }
  if (known.code.size === 0) return;
  for (const [what, wanted] of Object.entries({ code, topic, service })) {
    const there = [...known[what as keyof typeof known]].sort();
    if (wanted === undefined || there.includes(wanted) || there.includes(topicPrefix + wanted)) continue;
    throw new UsageError(
      `no dead letter has the ${what} ${wanted}${didYouMean(wanted, there)}: there are ${there.join(', ')}`,
    );
  }
  if (!isKnownId)
    throw new UsageError(`there is no dead letter ${id}: an id is written 0@12, as "detent dlq list" shows it`);
}
