import { InputError } from '../inputs/input-error.ts';
import { type InputReport, InputTally } from '../inputs/input-report.ts';
import type { SourceEvent } from '../inputs/source-event.ts';
import { Aftermath } from './aftermath.ts';
import { Agenda } from './agenda.ts';
import { Defects } from './defects.ts';
import { describeWorld } from './describe.ts';
import { type Commands, Drivers } from './drivers.ts';
import { Emitter } from './emitter.ts';
import { Floor } from './floor.ts';
import { Fulfilment } from './fulfilment.ts';
import { Orders } from './orders.ts';
import { runOutside } from './outside.ts';
import { Random } from './random.ts';
import { Replenishment } from './replenish.ts';
import { DAY_MS } from './rhythm.ts';
import type { Run } from './run.ts';
import { runSensors } from './sensors.ts';
import { Transport } from './transport.ts';
import { buildWorld, type World } from './world.ts';

export interface SimulateOptions {
  /** The same seed gives the same events. Default 1. */
  seed?: number;
  /** Days to simulate, may be a fraction. Default 1. */
  days?: number;
  /** Epoch ms of the first instant. Default Monday 2026-03-02T00:00Z. */
  start?: number;
  /** 1 is about 20,000 events a day. Default 1. */
  scale?: number;
  /** Malformed events as a share of all; default a handful a day. 0 for none. */
  defects?: number;
  /** What the drivers of the warehouse carry out. Without it they put away by habit and move nothing. */
  commands?: Commands;
}

export interface Simulation {
  /** In order of time. Days are made as they are asked for; memory does not grow with their number. */
  events: Iterable<SourceEvent>;
  /** Counts so far; complete when `events` has ended. */
  report(): InputReport;
}

const DEFAULT_START = Date.UTC(2026, 2, 2);
const DEFAULT_DEFECTS_PER_DAY = 12;
const EVENTS_PER_DAY = 20_000;
/** Measured: events a day that do not depend on orders at density 1, and those that an order leads to. */
const BACKGROUND_PER_DAY = 7000;
const EVENTS_PER_ORDER = 22;

/**
 * A seeded warehouse with two sites: everything described first, then what happens in it, on all source topics.
 * Throws `DETENT_INPUT_OPTIONS` when an option makes no sense.
 */
export function simulateEvents(options: SimulateOptions = {}): Simulation {
  const { seed = 1, days = 1, start = DEFAULT_START, scale = 1 } = options;
  const defects = options.defects ?? DEFAULT_DEFECTS_PER_DAY / (EVENTS_PER_DAY * scale);
  checkOptions({ seed, days, start, scale, defects });
  const tally = new InputTally();
  const density = densityAt(scale);
  const ordersPerDay = ordersPerDayAt(scale);
  function* events(): Generator<SourceEvent> {
    const random = new Random(seed);
    const emitter = new Emitter(`sim-${seed}-${start}`);
    const world = simulatedWorld({ seed, start, scale });
    const run: Run = { start, world, agenda: new Agenda(), emitter, random, ordersPerDay, density };
    const spoiler = new Defects(defects, random.fork('defects'));
    begin(run, options.commands);
    const end = start + days * DAY_MS;
    for (;;) {
      for (const event of emitter.take()) {
        for (const produced of spoiler.addTo(event)) {
          tally.produced(produced);
          yield produced;
        }
      }
      if ((run.agenda.nextAt ?? end) >= end) return;
      run.agenda.runNext();
    }
  }
  return { events: { [Symbol.iterator]: events }, report: () => tally.report() };
}

/** What exists in a simulation of this seed, start and scale before anything happens. Each call builds it anew. */
export function simulatedWorld({ seed, start, scale }: { seed: number; start: number; scale: number }): World {
  return buildWorld(start, ordersPerDayAt(scale), new Random(seed).fork('world'));
}

function densityAt(scale: number): number {
  return Math.min(5, Math.max(0.1, scale));
}

function ordersPerDayAt(scale: number): number {
  return Math.max(20, (EVENTS_PER_DAY * scale - BACKGROUND_PER_DAY * densityAt(scale)) / EVENTS_PER_ORDER);
}

function begin(run: Run, commands: Commands | undefined): void {
  const drivers = new Drivers(run, commands);
  const replenishment = new Replenishment(run, drivers);
  const floor = new Floor(run);
  const aftermath = new Aftermath(run, replenishment);
  const transport = new Transport(run, aftermath);
  const fulfilment = new Fulfilment(run, { floor, transport, replenishment });
  describeWorld(run);
  replenishment.open();
  runOutside(run, transport.booked);
  runSensors(run);
  floor.start();
  drivers.start();
  new Orders(run, { replenishment, fulfilment }).start();
}

function checkOptions(options: Required<Omit<SimulateOptions, 'commands'>>): void {
  const faults = [
    Number.isInteger(options.seed) ? '' : `seed ${options.seed} must be a whole number`,
    options.days > 0 ? '' : `days ${options.days} must be above 0`,
    Number.isInteger(options.start) ? '' : `start ${options.start} must be whole epoch milliseconds`,
    options.scale > 0 ? '' : `scale ${options.scale} must be above 0`,
    options.defects >= 0 && options.defects <= 1 ? '' : `defects ${options.defects} must be a share from 0 to 1`,
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new InputError('DETENT_INPUT_OPTIONS', `simulate: ${faults.join('; ')}`);
}
