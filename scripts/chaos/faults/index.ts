import type { Scenario } from '../scenario.ts';
import { whileFeeding } from '../while-feeding.ts';
import { broker } from './broker.ts';
import { commitLost } from './commit-lost.ts';
import { embeddedFull, embeddedKill, embeddedLocked } from './embedded.ts';
import { kill } from './kill.ts';
import { members } from './members.ts';
import { none } from './none.ts';
import { outage } from './outage.ts';
import { pause } from './pause.ts';
import { poison } from './poison.ts';
import { redisAway } from './redis-away.ts';
import { redisLost } from './redis-lost.ts';
import { redisOld } from './redis-old.ts';
import { redrive } from './redrive.ts';
import { registry } from './registry.ts';
import { replicas } from './replicas.ts';
import { tampered } from './tampered.ts';

/** Every fault, in the order in which they are run: those that share their brokers stand together. */
export const faults: readonly Scenario[] = [
  ...[kill, members, pause, redisLost, redisOld, redisAway, broker, commitLost, registry, redrive, poison].map(
    whileFeeding,
  ),
  outage,
  whileFeeding(replicas),
  embeddedKill,
  embeddedLocked,
  embeddedFull,
];

/** What tests the checker; run by name only. */
export const selfTests: readonly Scenario[] = [none, tampered].map(whileFeeding);
