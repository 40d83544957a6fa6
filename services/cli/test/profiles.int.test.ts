import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ReplayResult } from '../commands/replay.ts';
import { Random } from '../simulate/random.ts';
import { detent } from './detent.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'];
const registry = process.env['DETENT_TEST_REGISTRY_URL'];
const redis = process.env['DETENT_TEST_REDIS_URL'];
const onCluster = brokers && registry && redis ? describe : describe.skip;
const TIMEOUT = 180_000;

/** A year-end trade in the format of Online Retail: three months, fragile and other goods, returns and damage. */
function writeSample(): string {
  const goods = [
    'GLASS JAR',
    'CERAMIC BOWL',
    'PARTY BUNTING',
    'LUNCH BAG',
    'METAL LANTERN',
    'T-LIGHT HOLDER',
    'WOODEN FRAME',
    'CHINA MUG',
  ];
  const random = new Random(11);
  const pick = (n: number) => Math.floor(random.next() * n);
  const lines = ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'];
  for (let invoice = 0; invoice < 400; invoice += 1) {
    const at = new Date(Date.UTC(2011, 0, 3) + invoice * 5_400_000 * (1 + pick(2)));
    const stamp = at.toISOString().slice(0, 19).replace('T', ' ');
    const back = invoice > 50 && pick(12) === 0;
    const customer = pick(10) === 0 ? '' : `${12000 + pick(40)}.0`;
    for (let line = 0; line < 1 + pick(6); line += 1) {
      const item = pick(40);
      const quantity = (back ? -1 : 1) * (1 + pick(12));
      lines.push(
        `${back ? 'C' : ''}${500000 + invoice},${21000 + item},${goods[item % goods.length]} ${item},${quantity}.0,${stamp},${1 + pick(9)}.5,${customer},United Kingdom`,
      );
    }
  }
  const file = join(mkdtempSync(join(tmpdir(), 'detent-sample-')), 'orders.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** ABC by share of what is ordered, over the population of all stock. */
function writePopulationModel(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'detent-abc-')), 'abc.yaml');
  writeFileSync(
    file,
    `model: abc
version: 1
entities:
  stock:
    attributes:
      units: { sum: orderedUnits, window: 30d, missing: default 0 }
      share: { cumulativeShare: units, refresh: 1d }
    dimensions:
      abc: { segments: { A: { when: share < 0.8 }, B: { when: share < 0.95 }, C: {} } }
`,
  );
  return file;
}

async function replaySample(rows: string, environment: Record<string, string>): Promise<ReplayResult> {
  const { code, stdout, stderr } = await detent(['replay', 'online-retail', rows, '--json'], environment);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ReplayResult;
}

onCluster('the two profiles (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL and _REDIS_URL)', () => {
  it.each([
    ['kafkajs', 'fulfilment'],
    ['platformatic', 'fulfilment'],
    ['platformatic', writePopulationModel()],
  ])(
    'come to byte-identical segment changes from the same events on one partition, with %s and the model %s',
    async (client, model) => {
      const rows = writeSample();
      const dataDir = mkdtempSync(join(tmpdir(), 'detent-profiles-'));
      const embedded = await replaySample(rows, { DETENT_DATA_DIR: dataDir, DETENT_MODEL: model });
      const cluster = await replaySample(rows, {
        DETENT_MODEL: model,
        DETENT_PROFILE: 'cluster',
        DETENT_PARTITIONS: '1',
        DETENT_TOPIC_PREFIX: `profiles-${randomUUID().slice(0, 8)}.`,
        DETENT_KAFKA_CLIENT: client,
        DETENT_KAFKA_BROKERS: brokers ?? '',
        DETENT_REGISTRY_URL: registry ?? '',
        DETENT_REDIS_URL: redis ?? '',
      });
      expect(embedded.events).toBeGreaterThan(300);
      expect(embedded.digest?.changes).toBeGreaterThan(50);
      expect(cluster.events).toBe(embedded.events);
      expect(cluster.digest).toEqual(embedded.digest);
    },
    TIMEOUT,
  );
});
