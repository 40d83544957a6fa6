import type { Runtime } from '@detent/adapters';
import type { Random } from '../../services/cli/simulate/random.ts';
import type { Feeder } from './feeder.ts';
import type { Parts, PartsOptions } from './parts.ts';
import type { Service, Topology } from './topology.ts';
import type { Watch } from './watch.ts';

/** What a fault works with while events flow. */
export interface Strike {
  parts: Parts;
  topology: Topology;
  watch: Watch;
  feeder: Feeder;
  /** Of this fault and seed alone. */
  random: Random;
  /** 1 for the set of continuous integration; more for a longer run. */
  intensity: number;
  say(line: string): void;
  /** A blow is over: what mends itself does so from now on. The last call counts; without one, the return of `strike`. */
  over(): void;
  /** Starts what was stopped and waits until the lag is what it was before; ms that this took since the last blow. */
  recovered(): Promise<number>;
}

/** Something that goes wrong, and how often. */
export interface Fault {
  name: string;
  /** For the table: what happens, in a line. */
  what: string;
  members: Partial<Readonly<Record<Service, number>>>;
  parts?: PartsOptions;
  /** Size at which a task's changelog is swept, MiB. Absent: none is, so that all of it can be repeated. */
  changelogMib?: number;
  /** Records refused for an unknown schema are left out of the undisturbed run: it would know the schema by now. */
  omitsUnknownSchemas?: boolean;
  /** Strikes while events flow; returns when the last blow is over. What it says comes into the report. */
  strike(strike: Strike): Promise<string[] | undefined>;
  /** After everything is drained, before it is checked. For what tests the checker. */
  meddle?(strike: Strike): Promise<void>;
  /** After everything is drained: further findings, each a fault in words. */
  inspect?(strike: Strike, runtime: Runtime): Promise<string[]>;
}

export const everyone = { ingest: 2, segmenter: 2, picking: 2 } as const;
export const pipeline = { ingest: 2, segmenter: 2 } as const;
