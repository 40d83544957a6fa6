import { setTimeout as sleep } from 'node:timers/promises';
import { everyone, type Fault } from '../fault.ts';

const CALM_MS = 5_000;

/** Nothing goes wrong: what the checker says then is what it says of a run that is right. */
export const none: Fault = {
  name: 'none',
  what: 'nothing: the run that the others are measured by',
  members: everyone,
  async strike() {
    await sleep(CALM_MS);
    return undefined;
  },
};
