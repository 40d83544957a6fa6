import type { GaugeName } from '../../ports/index.ts';
import { type Entry, isEnded, type OpenState } from './entry.ts';

type Labels = Readonly<Record<string, string>>;
type Gauge = (metric: GaugeName, value: number, labels: Labels) => void;

/** A count, and what of it was told last. */
interface Count {
  metric: GaugeName;
  labels: Labels;
  value: number;
  told: number;
}

/** Counts of open actions by type and state, told as gauges. A count that falls to nothing is told once more, as 0. */
export class Board {
  readonly #service: string;
  readonly #paused: Count;
  /** By type and state. */
  readonly #open = new Map<string, Map<string, Count>>();
  /** By type. */
  readonly #overdue = new Map<string, Count>();

  constructor(service: string) {
    this.#service = service;
    this.#paused = count('detent_actions_paused', { service });
  }

  add(entry: Entry, by: 1 | -1): void {
    if (isEnded(entry)) return;
    const { type } = entry.action;
    this.#openAt(type, entry.state).value += by;
    if (entry.escalation !== null) this.#overdueAt(type).value += by;
  }

  tell(isPaused: boolean, gauge: Gauge): void {
    this.#paused.value = isPaused ? 1 : 0;
    tellOf(this.#paused, gauge);
    for (const states of this.#open.values()) for (const each of states.values()) tellOf(each, gauge);
    for (const each of this.#overdue.values()) tellOf(each, gauge);
  }

  #openAt(type: string, state: OpenState): Count {
    let states = this.#open.get(type);
    if (states === undefined) {
      states = new Map();
      this.#open.set(type, states);
    }
    let found = states.get(state);
    if (found === undefined) {
      found = count('detent_actions_open', { service: this.#service, type, state });
      states.set(state, found);
    }
    return found;
  }

  #overdueAt(type: string): Count {
    let found = this.#overdue.get(type);
    if (found === undefined) {
      found = count('detent_actions_overdue', { service: this.#service, type });
      this.#overdue.set(type, found);
    }
    return found;
  }
}

function count(metric: GaugeName, labels: Labels): Count {
  return { metric, labels, value: 0, told: Number.NaN };
}

function tellOf(of: Count, gauge: Gauge): void {
  if (of.value === of.told) return;
  gauge(of.metric, of.value, of.labels);
  of.told = of.value;
}
