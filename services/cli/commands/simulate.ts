import { type CommonOptions, configOf, print, progress, withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import { feed } from '../run/feed.ts';
import { paced } from '../run/pace.ts';
import { nextDays } from '../run/simulated-days.ts';

export interface SimulateOptions extends CommonOptions {
  days: number;
  seed: number;
  scale: number;
  start?: string;
  /** Times real time; `max`: as fast as possible. */
  speed: string;
}

/** `detent simulate`: a seeded warehouse into the source topics, for services that run elsewhere. */
export async function simulate(options: SimulateOptions): Promise<void> {
  const speed = options.speed === 'max' ? Number.POSITIVE_INFINITY : Number(options.speed);
  if (!(speed > 0))
    throw new UsageError(`--speed takes a number above 0 (times real time) or "max", not "${options.speed}"`);
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  await withRuntime(config, 'create', async (runtime) => {
    const { events } = await nextDays(runtime, options);
    const sent = await feed(runtime, paced(events, speed), {
      source: '/detent/simulator',
      async afterChunk(count, eventTime) {
        progress(`${new Date(eventTime).toISOString().slice(0, 16)}  ${count} events`);
      },
    });
    print(options, { events: sent, seed: options.seed, days: options.days }, () => `${sent} events sent`);
  });
}
