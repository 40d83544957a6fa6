import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileModel, type Model, type Observation, partOf, Rehearsal, type SegmentChange } from '@detent/core';
import type { DecisionBench } from '../benches.ts';
import { realHistory, shippedModel } from './real-history.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** What the container files do not say: a chilled lot in each, of goods that keep ten days, loaded fresh. */
const SHELF_LIFE_HOURS = 240;
const SKU = 'chilled-goods';

/** What one dimension came to on real data. */
interface Backtest {
  readonly scenario: string;
  readonly data: string;
  readonly dimension: string;
  readonly entities: number;
  /** Entities that were ever in each segment. */
  readonly everIn: Readonly<Record<string, number>>;
  readonly moves: number;
  /** Moves that time alone made. */
  readonly byTime: number;
  readonly held: number;
  readonly days: number;
  /** Reasons of changes, as the product says them. */
  readonly samples: readonly string[];
}

/** The three scenarios of the trade, backtested on real data. What is not there is left out, and said. */
export const benchScenarios: DecisionBench = async ({ data, json, say }) => {
  const results: Backtest[] = [];
  const left: string[] = [];
  const file = (name: string) => join(data, name);
  for (const { importer, files, model: name, dimensions, scenario, prepare } of RUNS) {
    const paths = files.map(file);
    const absent = paths.filter((path) => !existsSync(path));
    if (absent.length > 0) {
      left.push(`${scenario}: skipped, ${absent.join(', ')} is not there`);
      continue;
    }
    say(`${scenario} on ${importer} …`);
    const { model } = shippedModel(name);
    const types = dimensions.map((dimension) => dimension.split('.')[0]!);
    const read = await realHistory(importer, paths, prepare === undefined ? model : withType(model, 'container'));
    const part = partOf(model, types, prepare?.(read.observations) ?? read.observations);
    results.push(...backtest(scenario, importer, part.model, part.observations, dimensions));
  }
  if (json) return JSON.stringify({ results, left });
  return [...results.flatMap(render), ...left].join('\n');
};

const RUNS: readonly {
  readonly scenario: string;
  readonly importer: string;
  readonly files: readonly string[];
  readonly model: string;
  readonly dimensions: readonly string[];
  readonly prepare?: (observations: readonly Observation[]) => Observation[];
}[] = [
  {
    scenario: 'a: several fragile items',
    importer: 'online-retail',
    files: ['orders_online_retail.csv.gz'],
    model: 'fulfilment',
    dimensions: ['order.handling'],
  },
  {
    scenario: 'b: light and urgent, bulky and patient',
    importer: 'online-retail',
    files: ['orders_online_retail.csv.gz'],
    model: 'fulfilment',
    dimensions: ['order.transport'],
  },
  {
    scenario: 'b: light and urgent, bulky and patient',
    importer: 'causact',
    files: ['warehouse_shipments_causact.csv.gz', 'warehouse_parts_causact.csv.gz'],
    model: 'fulfilment',
    dimensions: ['order.urgency'],
  },
  {
    scenario: 'b: light and urgent, bulky and patient',
    importer: 'scms',
    files: ['shipments_scms.csv.gz'],
    model: 'fulfilment',
    dimensions: ['order.urgency', 'carrier.reliability'],
  },
  {
    scenario: 'c: perishable lots on a route that strays',
    importer: 'schenker',
    files: ['container_sensors_schenker.csv.gz'],
    model: 'cold-route',
    dimensions: ['lot.freshness', 'lot.route'],
    prepare: lotsIn,
  },
];

/** A model that lets the readings of another type through, for they become those of lots. */
function withType(model: Model, type: string): Model {
  return { ...model, entities: new Map([...model.entities, [type, model.entities.get('lot')!]]) };
}

/** The readings of each container as those of a lot that it carries, fresh at its first reading. */
function lotsIn(observations: readonly Observation[]): Observation[] {
  const base = { links: [], ended: false };
  const result: Observation[] = [];
  const loaded = new Set<string>();
  for (const observation of observations) {
    const { entityId, values, observedAt, source } = observation;
    if (typeof values['tempC'] !== 'number') continue;
    const lot = { ...base, entityType: 'lot', entityId: `lot-in-${entityId}`, observedAt, source };
    if (loaded.size === 0) {
      const described = { shelfLifeHours: SHELF_LIFE_HOURS };
      result.push({ ...base, entityType: 'sku', entityId: SKU, values: described, observedAt, source });
    }
    if (!loaded.has(entityId)) {
      const links = [{ relation: 'sku', targets: [{ entityType: 'sku', entityId: SKU, values: {} }] }];
      result.push({ ...lot, values: { expiresAt: observedAt + SHELF_LIFE_HOURS * HOUR_MS }, links });
      loaded.add(entityId);
    }
    result.push({ ...lot, values: { tempC: values['tempC'] } });
  }
  return result;
}

function backtest(
  scenario: string,
  data: string,
  model: Model,
  observations: readonly Observation[],
  dimensions: readonly string[],
): Backtest[] {
  const changes: SegmentChange[] = [];
  const held = new Map<string, number>();
  const rehearsal = new Rehearsal(compileModel(model), {
    changed: (change) => {
      if (dimensions.includes(`${change.entityType}.${change.dimension}`)) changes.push(change);
    },
    held: ({ entityType }, { dimension }) => {
      const key = `${entityType}.${dimension}`;
      held.set(key, (held.get(key) ?? 0) + 1);
    },
  });
  for (const observation of observations) rehearsal.observe(observation);
  rehearsal.finish();
  const days = (observations.at(-1)!.observedAt - observations[0]!.observedAt) / DAY_MS;
  return dimensions.map((dimension) => {
    const own = changes.filter((change) => `${change.entityType}.${change.dimension}` === dimension);
    const moves = own.filter(({ from, to }) => from !== null && to !== null);
    const everIn = Map.groupBy(
      own.filter(({ to }) => to !== null),
      ({ to }) => to!,
    );
    const first = [...everIn.values()].map((entered) => entered.find(({ from }) => from !== null) ?? entered[0]!);
    return {
      ...{ scenario, data, dimension, days },
      entities: new Set(own.map(({ entityId }) => entityId)).size,
      everIn: Object.fromEntries(
        [...everIn].map(([segment, entered]) => [segment, new Set(entered.map(({ entityId }) => entityId)).size]),
      ),
      moves: moves.length,
      byTime: moves.filter(({ origin }) => origin === 'timer').length,
      held: held.get(dimension) ?? 0,
      samples: first.map(({ entityId, from, to, because }) => `${entityId}: ${from ?? 'new'} → ${to}: ${because.text}`),
    };
  });
}

function render({
  scenario,
  data,
  dimension,
  entities,
  everIn,
  moves,
  byTime,
  held,
  days,
  samples,
}: Backtest): string[] {
  const count = (n: number) => n.toLocaleString('en-GB');
  const members = Object.entries(everIn).map(([segment, n]) => `${segment} ${count(n)}`);
  return [
    `${scenario}; ${data}, ${days.toFixed(0)} days; ${dimension}`,
    `  ${count(entities)} entities, ever in: ${members.join(', ')}`,
    `  ${count(moves)} moves, ${count(byTime)} of them by time alone; ${count(held)} flips held`,
    ...samples.map((sample) => `    ${sample}`),
    '',
  ];
}
