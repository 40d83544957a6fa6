import type { Fault, Strike } from './fault.ts';
import type { Service } from './topology.ts';

/** Joins the names of faults that strike the same run. */
export const AND_THEN = '+';

/**
 * Faults that strike one run, each when the one before is over and everything has caught up: what one leaves behind meets
 * the next, and processes start and records are checked only once. Throws where the faults cannot share a run.
 */
export function inTurn(faults: readonly Fault[]): Fault {
  const [first] = faults;
  if (first === undefined) throw new RangeError('no faults to run');
  if (faults.length === 1) return first;
  const stranger = faults.find(({ parts }) => parts?.brokers !== first.parts?.brokers);
  if (stranger) throw new RangeError(`${stranger.name} needs other brokers than ${first.name}: run them apart`);
  const sweeping = faults.find(({ changelogMib }) => changelogMib !== undefined);
  if (sweeping) throw new RangeError(`${sweeping.name} leaves nothing that could be repeated: run it apart`);
  const [one, other] = faults.filter(({ inspect }) => inspect !== undefined);
  if (other) throw new RangeError(`${one!.name} and ${other.name} both count what a run leaves behind: run them apart`);
  return {
    ...one,
    ...(first.parts && { parts: first.parts }),
    name: faults.map(({ name }) => name).join(AND_THEN),
    what: faults.map(({ what }) => what).join('; then: '),
    members: mostMembers(faults),
    omitsUnknownSchemas: faults.some(({ omitsUnknownSchemas }) => omitsUnknownSchemas),
    strike: (strike) => strikeInTurn(faults, strike),
    async meddle(strike) {
      for (const fault of faults) await fault.meddle?.(strike);
    },
  };
}

async function strikeInTurn(faults: readonly Fault[], strike: Strike): Promise<string[]> {
  const notes: string[] = [];
  for (const fault of faults) {
    strike.say(`${fault.name} strikes`);
    const said = (await fault.strike({ ...strike, random: strike.random.fork(fault.name) })) ?? [];
    const recoveredMs = await strike.recovered();
    notes.push(`${fault.name}: ${[...said, `recovered in ${(recoveredMs / 1000).toFixed(1)} s`].join(', ')}`);
  }
  return notes;
}

function mostMembers(faults: readonly Fault[]): Fault['members'] {
  const most: Partial<Record<Service, number>> = {};
  for (const { members } of faults)
    for (const service of Object.keys(members) as Service[])
      most[service] = Math.max(most[service] ?? 0, members[service] ?? 0);
  return most;
}
