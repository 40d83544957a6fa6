import type { SegmentChange } from '../changes/types.ts';
import { Effects } from '../engine/effects.ts';
import { compileModel, type Engine } from '../engine/engine.ts';
import type { EntityState } from '../engine/state.ts';
import type { Observation, ObserveResult, Value } from '../engine/types.ts';
import { loadModel } from '../model/load.ts';

/** One entity under a model, with all that has come of it so far. */
export class Subject {
  readonly engine: Engine;
  state: EntityState;
  readonly effects = new Effects();
  readonly changes: SegmentChange[] = [];
  #offset = 0;

  /** `entity`: the text of the entity type `thing`, indented by four. */
  constructor(entity: string, rest = '') {
    this.engine = compileModel(
      loadModel(`model: test\nversion: 1\nentities:\n  thing:\n${entity}\n${rest}`, 'test.yaml'),
    );
    this.state = this.engine.create('thing', 't1');
  }

  observe(observedAt: number, values: Record<string, Value>, of: Partial<Observation> = {}): ObserveResult {
    this.effects.clear();
    const source = { topic: 'test.v1', partition: 0, offset: this.#offset++ };
    const observation = {
      entityType: 'thing',
      entityId: 't1',
      values,
      links: [],
      ended: false,
      observedAt,
      source,
      ...of,
    };
    const result = this.engine.observe(this.state, observation, this.effects);
    this.changes.push(...this.effects.changes);
    return result;
  }

  advance(until: number): void {
    this.effects.clear();
    this.engine.advance(this.state, until, this.effects);
    this.changes.push(...this.effects.changes);
  }

  /** Through bytes and back, into what was the state of another entity with the same past. */
  restart(): void {
    const bytes = this.engine.encode(this.state);
    this.engine.recycle(this.state);
    this.state = this.engine.decode('thing', 't1', bytes)!;
  }

  /** `from → to @ instant`. */
  get moves(): string[] {
    return this.changes.map(({ from, to, occurredAt }) => `${from} → ${to} @ ${occurredAt}`);
  }
}
