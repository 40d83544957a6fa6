import type { Fault } from '../fault.ts';
import { kill } from './kill.ts';
import { members } from './members.ts';
import { none } from './none.ts';
import { pause } from './pause.ts';

/** Every fault on the cluster profile, in the order in which they are run. */
export const faults: readonly Fault[] = [none, kill, members, pause];
