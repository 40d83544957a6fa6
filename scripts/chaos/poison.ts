import type { Runtime } from '@detent/adapters';
import { deadLetterHeader, type OutRecord, type Reason } from '@detent/pipeline';
import { spoilBytes } from '../../services/cli/inputs/source-event.ts';
import { START } from './feed.ts';

type Spoil = (make: Make) => Pick<OutRecord, 'topic' | 'key' | 'value'>;

/** Encodes a record of a topic, by default under the key it should bear. */
interface Make {
  zone(fields?: object, key?: string | null): { topic: string; key: Buffer | null; value: Buffer };
  order(fields?: object): { topic: string; key: Buffer | null; value: Buffer };
  sensor(fields: object): { topic: string; key: Buffer | null; value: Buffer };
  stock(): { topic: string; key: Buffer | null; value: Buffer };
}

const NO_SUCH_BRANCH = Buffer.from([2, 0x65, 2, 2, 0x6f, 2, 0x63, 18]);

/** Each kind of bad input, with the reason that it must get. */
const kinds: readonly (readonly [Reason, Spoil])[] = [
  ['TRUNCATED', ({ zone }) => cut(zone(), (bytes) => bytes.subarray(0, bytes.length - 3))],
  ['TRUNCATED', ({ zone }) => cut(zone(), () => Buffer.alloc(0))],
  ['UNKNOWN_SCHEMA', ({ order }) => cut(order(), (bytes) => spoilBytes(bytes, 'unknown-schema'))],
  ['BAD_MAGIC', ({ zone }) => cut(zone(), () => Buffer.from('{"zoneId":"z","fill":0.5}'))],
  ['TRAILING_BYTES', ({ zone }) => cut(zone(), (bytes) => Buffer.concat([bytes, Buffer.from([1, 2, 3])]))],
  // One-letter ids, then a branch of a union (siteId) that there is not.
  ['MALFORMED', ({ order }) => cut(order(), (bytes) => Buffer.concat([bytes.subarray(0, 5), NO_SUCH_BRANCH]))],
  ['UNEXPECTED_RECORD', ({ zone }) => ({ ...zone(), value: null })],
  ['UNEXPECTED_RECORD', ({ zone, order }) => ({ ...zone(), value: order().value })],
  ['EMPTY_ID', ({ zone }) => zone({ eventId: '' })],
  ['KEY_MISMATCH', ({ zone }) => zone({}, 'another')],
  ['KEY_MISMATCH', ({ zone }) => zone({}, null)],
  ['IMPOSSIBLE_VALUE', ({ zone }) => zone({ occurredAt: 0 })],
  ['IMPOSSIBLE_VALUE', ({ zone }) => zone({ fill: Number.NaN })],
  ['IMPOSSIBLE_VALUE', ({ zone }) => zone({ fill: 1.5 })],
  ['IMPOSSIBLE_VALUE', ({ order }) => order({ lines: [{ lineId: '1', skuId: 'cup', quantity: -1, uom: 'each' }] })],
  ['IMPOSSIBLE_VALUE', ({ zone }) => zone({ siteId: 's'.repeat(1_000) })],
  ['BAD_UNIT', ({ sensor }) => sensor({ unit: 'furlong' })],
  ['MISSING_VALUE', ({ stock }) => stock()],
];

/** Makes bad records, each kind in its turn, and counts what it made by the reason that they must get. */
export class Poison {
  readonly made: Record<string, number> = {};
  readonly #runtime: Runtime;
  #n = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  next(): OutRecord {
    const [code, spoil] = kinds[this.#n % kinds.length]!;
    this.made[code] = (this.made[code] ?? 0) + 1;
    this.#n += 1;
    const headers = { ce_id: `poison-${this.#n}`, 'x-producer': 'chaos' };
    return { ...spoil(this.#make(this.#n)), partition: null, timestamp: Date.now(), headers };
  }

  #make(n: number): Make {
    const { codec, config } = this.#runtime;
    const head = { eventId: `poison-${n}`, occurredAt: START };
    const encode = (name: string, topic: string, value: object, key: string | null) => ({
      topic: config.topicPrefix + topic,
      key: key === null ? null : Buffer.from(key),
      value: codec.encode(config.topicPrefix + topic, name, value),
    });
    const zoneId = `poison-${n % 50}`;
    return {
      zone(fields = {}, key = zoneId) {
        const value = { ...head, zoneId, siteId: 'floor', fill: 0.5, queueDepth: 5, ...fields };
        return encode('detent.warehouse.ZoneOccupied', 'warehouse.v1', value, key);
      },
      order(fields = {}) {
        const value = {
          ...{ ...head, orderId: zoneId, customerId: 'customer', siteId: 'floor', placedAt: START, version: 1 },
          ...{ promisedAt: START + 1, serviceLevel: 'standard', destination: { country: 'DE', postcode: '1' } },
          lines: [{ lineId: '1', skuId: 'cup', quantity: 1, uom: 'each' }],
          ...fields,
        };
        return encode('detent.orders.OrderPlaced', 'orders.v1', value, zoneId);
      },
      sensor(fields) {
        const value = { ...head, sensorId: zoneId, metric: 'tempC', value: 5, observedAt: START, ...fields };
        return encode('detent.sensors.SensorRead', 'sensors.v1', value, zoneId);
      },
      stock() {
        const value = { ...head, skuId: zoneId, siteId: 'floor', locationId: 'l', status: 'available', reason: 'pick' };
        return encode('detent.inventory.StockChanged', 'inventory.v1', value, zoneId);
      },
    };
  }
}

function cut<T extends { value: Buffer }>(record: T, change: (bytes: Buffer) => Buffer): T {
  return { ...record, value: change(record.value) };
}

/** Dead letters of the run by their reason. */
export async function lettersByReason({ log, config }: Runtime): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const page of log.read(`${config.topicPrefix}dlq.v1`)) {
    for (const { headers } of page) {
      const code = String(headers[deadLetterHeader.code]);
      found[code] = (found[code] ?? 0) + 1;
    }
  }
  return found;
}

/** Where two counts by reason differ, in words. */
export function reasonFaults(
  what: string,
  expected: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>>,
): string[] {
  const codes = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...codes]
    .filter((code) => expected[code] !== found[code])
    .map((code) => `${what}: ${found[code] ?? 0} letters of ${code}, not ${expected[code] ?? 0}`);
}
