import type { Findings } from './check/check.ts';
import type { Parts, PartsOptions } from './parts.ts';

/** What one run of one fault came to. */
export interface RunReport extends Findings {
  fault: string;
  seed: number;
  /** Processes that SIGKILL ended, services and parts. */
  kills: number;
  /** From the end of the last blow until the lag was back to what it was, or everything was caught up, ms. */
  recoveredMs: number;
  seconds: number;
  notes: string[];
}

export interface RunOptions {
  /** Brokers, registry and Redis as the scenario asks for them; started at the first call. */
  parts(options: PartsOptions): Promise<Parts>;
  seed: number;
  /** 1 for the set of continuous integration; more for more blows a run. */
  intensity: number;
  /** Kafka client of the services; undefined: the default one. */
  client?: string | undefined;
  say(line: string): void;
}

/** Something that can be run by name: a world, what goes wrong in it, and a verdict. */
export interface Scenario {
  name: string;
  /** For the table: what happens, in a line. */
  what: string;
  /** Throws when it never recovers. */
  run(options: RunOptions): Promise<RunReport>;
}
