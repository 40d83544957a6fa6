import { readFileSync } from 'node:fs';
import { compileModel, Effects, type EntityState, loadModel, type Observation } from '@detent/core';
import { extract } from '../../services/ingest/extract/index.ts';
import { type BenchReport, cpuSeconds, type Figure, median, report } from './figures.ts';
import { benchEvents } from './input.ts';
import { r1Observations } from './r1/events.ts';

const ROUNDS = 5;

/** Observations a CPU-second through the engine: folds, conditions, hysteresis and changes; no I/O. Two models, median of rounds. */
export async function benchCore(events: number, say: (line: string) => void): Promise<BenchReport> {
  return report('core', [
    measure('fulfilment', fulfilmentObservations(events), say),
    measure('bench-r1', r1Observations(events), say),
  ]);
}

function* fulfilmentObservations(events: number): Generator<Observation> {
  let position = 0;
  for (const event of benchEvents(events)) {
    const source = { topic: event.topic, partition: 0, offset: position++ };
    for (const seen of extract(event.name, event.value)) yield { ...seen, observedAt: event.eventTime, source };
  }
}

function measure(name: string, feed: Iterable<Observation>, say: (line: string) => void): Figure {
  const file = `models/${name}.yaml`;
  const model = loadModel(readFileSync(file, 'utf8'), file);
  const observations: Observation[] = [];
  // Which state an observation folds into is the pipeline's to find, so it is found before the clock runs.
  const entityOf: number[] = [];
  const entities = new Map<string, number>();
  for (const observation of feed) {
    if (!model.entities.has(observation.entityType)) continue;
    const key = `${observation.entityType}:${observation.entityId}`;
    if (!entities.has(key)) entities.set(key, entities.size);
    entityOf.push(entities.get(key)!);
    observations.push(observation);
  }
  say(`${name}: ${observations.length} observations of ${entities.size} entities`);
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
  return {
    name: `observations per CPU-second, ${name}.yaml`,
    value: median(perSecond),
    unit: '1/s',
    better: 'more',
    note: `${changes} changes; median of ${ROUNDS}`,
  };
}
