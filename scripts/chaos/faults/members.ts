import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline } from '../fault.ts';
import type { Service } from '../topology.ts';

const MOVES = 6;
const MOST = 3;

/** Members come and go while events flow, so that tasks change hands. */
export const members: Fault = {
  name: 'members',
  what: 'members of ingest and segmenter join and leave (SIGTERM) under load',
  members: pipeline,
  async strike({ topology, random, intensity, say, over }) {
    const moves = Math.ceil(MOVES * intensity);
    let joined = 0;
    for (let i = 0; i < moves; i += 1) {
      const service = random.pick(['ingest', 'segmenter'] as Service[]);
      const all = topology.of(service);
      const alive = all.filter((member) => member.alive);
      const grow = alive.length === 1 || (alive.length < MOST && random.chance(0.5));
      if (grow) {
        const member = all.find(({ alive }) => !alive) ?? (await topology.add(service));
        await member.start();
        joined += 1;
        say(`${member.name} joined`);
      } else {
        const member = random.pick(alive);
        await member.stop();
        say(`${member.name} left`);
      }
      over();
      await sleep(random.between(200, 2_000));
    }
    return [`${joined} joined, ${moves - joined} left`];
  },
};
