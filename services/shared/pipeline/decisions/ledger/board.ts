import type { GaugeName } from '../../ports/index.ts';
import { type Entry, isEnded } from './entry.ts';

type Labels = Readonly<Record<string, string>>;
type Gauge = (metric: GaugeName, value: number, labels: Labels) => void;

/** Counts of open actions by type and state, told as gauges. A count that falls to nothing is told once more, as 0. */
export class Board {
  readonly #service: string;
  readonly #counts = new Map<string, { metric: GaugeName; labels: Labels; value: number; told: number }>();

  constructor(service: string) {
    this.#service = service;
  }

  add(entry: Entry, by: 1 | -1): void {
    if (isEnded(entry)) return;
    const { service, type } = entry.action;
    this.#bump('detent_actions_open', { service, type, state: entry.state }, by);
    if (entry.escalation !== null) this.#bump('detent_actions_overdue', { service, type }, by);
  }

  tell(isPaused: boolean, gauge: Gauge): void {
    this.#set('detent_actions_paused', { service: this.#service }, isPaused ? 1 : 0);
    for (const count of this.#counts.values()) {
      if (count.value === count.told) continue;
      gauge(count.metric, count.value, count.labels);
      count.told = count.value;
    }
  }

  #bump(metric: GaugeName, labels: Labels, by: number): void {
    this.#at(metric, labels).value += by;
  }

  #set(metric: GaugeName, labels: Labels, value: number): void {
    this.#at(metric, labels).value = value;
  }

  #at(metric: GaugeName, labels: Labels) {
    const key = `${metric}|${Object.values(labels).join('|')}`;
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = { metric, labels, value: 0, told: Number.NaN };
      this.#counts.set(key, count);
    }
    return count;
  }
}
