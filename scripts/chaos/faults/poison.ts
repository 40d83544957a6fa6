import { setTimeout as sleep } from 'node:timers/promises';
import { detent } from '../../../services/cli/test/detent.ts';
import { type Fault, pipeline, type Strike } from '../fault.ts';
import { lettersByReason, Poison, reasonFaults } from '../poison.ts';

const TRICKLE_MS = 6_000;
const SHARE = 0.01;
const BURST = 10_000;
const makers = new WeakMap<Strike['topology'], Poison>();

/** Bad input of every kind, a little all the time and very much at once. */
export const poison: Fault = {
  name: 'poison',
  what: 'every kind of bad input at 1 % of the traffic, then 10,000 at once: all in the dead letters, byte-identical, with their reason',
  members: pipeline,
  async strike({ topology, feeder, random, intensity, say, over }) {
    const maker = new Poison(topology.runtime);
    makers.set(topology, maker);
    feeder.rewrite = (record) => (random.chance(SHARE) ? [record, maker.next()] : [record]);
    await sleep(TRICKLE_MS * intensity);
    say(`${BURST} bad records at once`);
    await feeder.append(Array.from({ length: BURST }, () => maker.next()));
    over();
    return undefined;
  },
  /** The checker compares bytes and reasons; here, that every kind was met and that people are told of each. */
  async inspect({ topology }, runtime) {
    const { made } = makers.get(topology)!;
    const { stdout } = await detent(['dlq', 'list', '--json'], topology.environment);
    const { groups } = JSON.parse(stdout) as { groups: { code: string; count: number }[] };
    const listed: Record<string, number> = {};
    for (const { code, count } of groups) listed[code] = (listed[code] ?? 0) + count;
    return [
      ...reasonFaults('the dead letters', made, await lettersByReason(runtime)),
      ...reasonFaults('detent dlq list', made, listed),
    ];
  },
};
