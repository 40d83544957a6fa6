import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline } from '../fault.ts';

const LOSSES = 12;
const PATIENCE_MS = 20_000;

/** The connection breaks as a transaction ends: the service cannot know whether it was committed. */
export const commitLost: Fault = {
  name: 'commit-lost',
  what: 'the answer to a commit (EndTxn) lost after the broker committed, or the request lost before, at random',
  members: pipeline,
  async strike({ parts, random, intensity, over }) {
    const count = { answer: 0, request: 0 };
    const losses = Math.ceil(LOSSES * intensity);
    for (let i = 0; i < losses; i += 1) {
      await sleep(random.between(50, 800));
      const half = random.chance(0.6) ? 'answer' : 'request';
      const lost = await Promise.race([parts.commits.loseNext(half).then(() => true), sleep(PATIENCE_MS, false)]);
      if (!lost) throw new Error(`no commit passed in ${PATIENCE_MS / 1000} s`);
      count[half] += 1;
      over();
    }
    return [`${count.answer} answers and ${count.request} requests lost`];
  },
};
