import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline } from '../fault.ts';

const CRASHES = 2;

/** The only broker dies and comes back with its disk. */
export const broker: Fault = {
  name: 'broker',
  what: 'the only broker killed (SIGKILL) and restarted on its data',
  members: pipeline,
  async strike({ parts, random, intensity, say, over }) {
    const [only] = parts.brokers;
    for (let i = 0; i < Math.ceil(CRASHES * intensity); i += 1) {
      await sleep(random.between(0, 1_500));
      await only!.kill();
      say('the broker is dead');
      await sleep(random.between(0, 2_000));
      await only!.start();
      over();
      say('the broker is back');
      await sleep(random.between(3_000, 5_000));
    }
    return undefined;
  },
};
