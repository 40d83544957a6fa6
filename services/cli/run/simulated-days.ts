import type { Runtime } from '@detent/adapters';
import { topicsOfKind } from '@detent/schemas';
import { UsageError } from '../errors.ts';
import type { SourceEvent } from '../inputs/source-event.ts';
import type { Commands } from '../simulate/drivers.ts';
import { simulateEvents } from '../simulate/simulate.ts';

const DAY_MS = 86_400_000;
/** Longer than anyone will wait for. */
const ENDLESS_DAYS = 36_500;

export interface SimulatedDays {
  days: number;
  seed: number;
  scale: number;
  /** ISO instant or `now`; undefined: the simulator's own first day, or where the log left off. */
  start?: string;
  /** What its drivers carry out, that was commanded before as well. */
  commands?: Commands;
}

/**
 * The next days of the simulated warehouse whose events are already in the log: a simulation that was stopped half-way
 * goes on with the very next event. Throws `UsageError` when the log holds events of something else.
 */
export async function nextDays(
  runtime: Runtime,
  options: SimulatedDays,
): Promise<{ events: Iterable<SourceEvent>; firstDay: number }> {
  const { days, seed, scale } = options;
  const commands = options.commands && { commands: options.commands };
  if (options.start !== undefined) {
    const start = options.start === 'now' ? Date.now() : Date.parse(options.start);
    if (Number.isNaN(start)) throw new UsageError(`--start takes an ISO 8601 instant or "now", not "${options.start}"`);
    return { events: simulateEvents({ seed, scale, days, start, ...commands }).events, firstDay: 1 };
  }
  const sent = await eventsInLog(runtime, `sim-${seed}-`);
  return nextDaysAfter(simulateEvents({ seed, scale, days: ENDLESS_DAYS, ...commands }).events, sent, days);
}

/** Skips `sent` events and takes what is left of that day, and `days − 1` further days. */
export function nextDaysAfter(
  all: Iterable<SourceEvent>,
  sent: number,
  days: number,
): { events: Iterable<SourceEvent>; firstDay: number } {
  const iterator = all[Symbol.iterator]();
  let next = iterator.next();
  const origin = Math.floor((next.value?.eventTime ?? 0) / DAY_MS);
  for (let skipped = 0; skipped < sent && !next.done; skipped += 1) next = iterator.next();
  const dayOf = (event: SourceEvent) => Math.floor(event.eventTime / DAY_MS) - origin;
  const first = next.done ? 0 : dayOf(next.value);
  function* rest(): Generator<SourceEvent> {
    for (; !next.done && dayOf(next.value) < first + days; next = iterator.next()) yield next.value;
  }
  return { events: rest(), firstDay: first + 1 };
}

async function eventsInLog(runtime: Runtime, eventIdPrefix: string): Promise<number> {
  const { log, codec, config } = runtime;
  const existing = await log.topics();
  let count = 0;
  for (const name of topicsOfKind('source')) {
    // Answers to actions are none of the simulation's events.
    if (name === 'action-status.v1') continue;
    const topic = config.topicPrefix + name;
    if (!existing.has(topic)) continue;
    for (const { start, end } of (await log.offsets(topic)).values()) count += end - start;
  }
  const sites = `${config.topicPrefix}sites.v1`;
  if (count === 0) return 0;
  if (existing.has(sites)) {
    for await (const [first] of log.read(sites)) {
      if (first?.value == null) break;
      let decoded = codec.decode(first.value);
      if (!decoded.ok && 'unknownSchema' in decoded && (await codec.fetch(decoded.unknownSchema)))
        decoded = codec.decode(first.value);
      const eventId = decoded.ok ? (decoded.record.value as { eventId?: string }).eventId : undefined;
      if (eventId?.startsWith(eventIdPrefix)) return count;
      break;
    }
  }
  throw new UsageError(
    `the source topics under ${config.topicPrefix} hold ${count} events of another origin than this simulation: use its --seed, "up --no-simulate", ` +
      `another DETENT_DATA_DIR or DETENT_TOPIC_PREFIX, or "detent reset --yes"`,
  );
}
