import type { Fault } from '../fault.ts';
import { broker } from './broker.ts';
import { commitLost } from './commit-lost.ts';
import { kill } from './kill.ts';
import { members } from './members.ts';
import { none } from './none.ts';
import { pause } from './pause.ts';
import { poison } from './poison.ts';
import { redisAway } from './redis-away.ts';
import { redisLost } from './redis-lost.ts';
import { redisOld } from './redis-old.ts';
import { registry } from './registry.ts';
import { replicas } from './replicas.ts';

/** Every fault on the cluster profile, in the order in which they are run. */
export const faults: readonly Fault[] = [
  none,
  kill,
  members,
  pause,
  redisLost,
  redisOld,
  redisAway,
  broker,
  commitLost,
  registry,
  poison,
  replicas,
];
