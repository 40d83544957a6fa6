import type { Runtime } from '@detent/adapters';
import { type DeadLetter, type LogRecord, readDeadLetter } from '@detent/pipeline';

export const DLQ = 'dlq.v1';
/** Which dead letters were put back: JSON records `{letters: [[partition, offset], …]}`. */
export const REDRIVEN = 'dlq-redriven.v1';

/** A dead letter with its record. */
export interface Letter extends DeadLetter {
  record: LogRecord;
}

/** All dead letters, oldest first. */
export async function* letters({ log, config }: Pick<Runtime, 'log' | 'config'>): AsyncIterable<Letter> {
  const topic = config.topicPrefix + DLQ;
  if (!(await log.topics()).has(topic)) return;
  for await (const page of log.read(topic)) for (const record of page) yield { ...readDeadLetter(record), record };
}

/** Ids of the dead letters that were put back. */
export async function redrivenIds({ log, config }: Runtime): Promise<Set<string>> {
  const ids = new Set<string>();
  const topic = config.topicPrefix + REDRIVEN;
  if (!(await log.topics()).has(topic)) return ids;
  for await (const page of log.read(topic)) {
    for (const { value } of page) {
      const { letters: done } = JSON.parse(String(value)) as { letters: [number, number][] };
      for (const [partition, offset] of done) ids.add(`${partition}@${offset}`);
    }
  }
  return ids;
}

/** Which dead letters a person means; what is left out does not restrict. */
export interface Selection {
  code?: string;
  /** With or without prefix. */
  topic?: string;
  service?: string;
  /** Refused at or after, and before: epoch ms. */
  from?: number;
  to?: number;
  /** `<partition>@<offset>`, as `dlq list` shows it. */
  id?: string;
}

export function isSelected(letter: DeadLetter, selection: Selection, prefix: string): boolean {
  const { code, topic, service, from, to, id } = selection;
  return (
    (code === undefined || letter.code === code) &&
    (topic === undefined || letter.topic === topic || letter.topic === prefix + topic) &&
    (service === undefined || letter.service === service) &&
    (from === undefined || letter.at >= from) &&
    (to === undefined || letter.at < to) &&
    (id === undefined || letter.id === id)
  );
}
