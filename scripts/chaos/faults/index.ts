import type { Fault } from '../fault.ts';
import { AND_THEN, inTurn } from '../in-turn.ts';
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
import { swept } from './swept.ts';
import { tampered } from './tampered.ts';

/** Faults that strike while events flow, in the order in which they are run: those that share their brokers stand together. */
const struck: readonly Fault[] = [
  ...[kill, members, pause, redisLost, redisOld, redisAway, broker, commitLost, registry, redrive, poison, swept],
  replicas,
];

/** Every fault by itself. */
export const faults: readonly Scenario[] = [
  ...struck.filter(({ parts }) => parts === undefined).map(whileFeeding),
  outage,
  ...struck.filter(({ parts }) => parts !== undefined).map(whileFeeding),
  ...[embeddedKill, embeddedLocked, embeddedFull],
];

/** What tests the checker; run by name only. */
const selfTests: readonly Fault[] = [none, tampered];

/**
 * The scenario of that name, or of several joined by `+`: those strike one run, one after the other. Throws `RangeError`
 * for a name that is not known and for faults that cannot share a run.
 */
export function scenarioNamed(name: string): Scenario {
  const alone = faults.find((fault) => fault.name === name);
  if (alone) return alone;
  const wanted = name.split(AND_THEN).map((part) => {
    const fault = [...struck, ...selfTests].find((one) => one.name === part);
    if (fault) return fault;
    const known = faults.some((one) => one.name === part);
    throw new RangeError(
      known
        ? `${part} is a run of its own kind: it cannot share one`
        : `there is no fault "${part}": give ${faults.map((one) => one.name).join(', ')}`,
    );
  });
  return whileFeeding(inTurn(wanted));
}
