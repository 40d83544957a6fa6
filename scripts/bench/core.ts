import { readFileSync } from 'node:fs';
import { compileModel, Effects, type EntityState, loadModel, type Observation } from '@detent/core';
import { extract } from '../../services/ingest/extract/index.ts';
import { type BenchReport, cpuSeconds, median, report } from './figures.ts';
import { benchEvents } from './input.ts';

const ROUNDS = 5;
const MODEL = 'models/fulfilment.yaml';

/** Observations a CPU-second through the engine with the shipped model: folds, conditions, hysteresis and changes; no I/O. */
export async function benchCore(events: number, say: (line: string) => void): Promise<BenchReport> {
  const model = loadModel(readFileSync(MODEL, 'utf8'), MODEL);
  const observations: Observation[] = [];
  // Which state an observation folds into is the pipeline's to find, so it is found before the clock runs.
  const entityOf: number[] = [];
  const entities = new Map<string, number>();
  let position = 0;
  for (const event of benchEvents(events)) {
    const source = { topic: event.topic, partition: 0, offset: position++ };
    for (const seen of extract(event.name, event.value)) {
      if (!model.entities.has(seen.entityType)) continue;
      const key = `${seen.entityType}:${seen.entityId}`;
      if (!entities.has(key)) entities.set(key, entities.size);
      entityOf.push(entities.get(key)!);
      observations.push({ ...seen, observedAt: event.eventTime, source });
    }
  }
  say(`${observations.length} observations of ${entities.size} entities from ${events} events`);
  const perSecond: number[] = [];
  let changes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const engine = compileModel(model);
    const states: EntityState[] = new Array(entities.size);
    const effects = new Effects();
    changes = 0;
    const seconds = cpuSeconds(() => {
      for (let i = 0; i < observations.length; i += 1) {
        const observation = observations[i]!;
        const entity = entityOf[i]!;
        states[entity] ??= engine.create(observation.entityType, observation.entityId);
        effects.clear();
        engine.observe(states[entity], observation, effects);
        changes += effects.changes.length;
      }
    });
    perSecond.push(observations.length / seconds);
  }
  return report('core', [
    {
      name: 'observations per CPU-second, fulfilment.yaml',
      value: median(perSecond),
      unit: '1/s',
      better: 'more',
      note: `${changes} changes; median of ${ROUNDS}`,
    },
  ]);
}
