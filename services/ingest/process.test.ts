import { createEmbeddedWorld, type EmbeddedWorld, eventually } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { createIngestProcessor } from './process.ts';
import { recordOf } from './testing/records.ts';
import { type SourceName, samples, T0 } from './testing/samples.ts';
import { ingestOutput, ingestSources } from './topology.ts';

const topics = [...ingestSources, ingestOutput, 'state.ingest.v1'];

/** Runs what is produced through the service on the embedded log and stops it. */
async function ingest(world: EmbeddedWorld): Promise<void> {
  const service = await world.start(createIngestProcessor);
  try {
    await eventually(() => service.idle());
  } finally {
    await service.stop();
  }
}

describe('ingest', () => {
  it('turns an order into observations of all that it touches, keyed by entity', async () => {
    const world = await createEmbeddedWorld(topics);
    await world.produce(['orders.v1', 'o-1', 'detent.orders.OrderPlaced', samples['detent.orders.OrderPlaced']]);
    await ingest(world);
    const all = await world.all(ingestOutput);
    expect(all.map(({ key }) => key)).toEqual(['o-1', 'cup@s-1', 'cup', 'plate@s-1', 'plate', 'c-1']);
    expect(all[0]).toMatchObject({
      name: 'detent.observations.Observation',
      value: {
        entityType: 'order',
        entityId: 'o-1',
        values: { units: 8 },
        ended: false,
        observedAt: T0,
        source: { topic: 'orders.v1', partition: 0, offset: 0 },
      },
    });
  });

  it('observes everything that a good event of each kind tells', async () => {
    const world = await createEmbeddedWorld(topics);
    for (const name of Object.keys(samples) as SourceName[]) {
      const value = { ...samples[name], eventId: name };
      const { topic, raw } = recordOf(name, value);
      await world.produce([topic, String(raw.key), name, value]);
    }
    await ingest(world);
    expect(await world.all('dlq.v1')).toEqual([]);
    const counted = world.metrics.total('detent_ingest_records_total', { result: 'ok' });
    expect(counted).toBe(Object.keys(samples).length);
    expect((await world.all(ingestOutput)).length).toBe(world.metrics.total('detent_ingest_observations_total'));
  });

  it('drops a repeat, also across a restart, and takes the id under another key', async () => {
    const world = await createEmbeddedWorld(topics);
    const occupied = (zoneId: string, fill: number) =>
      [
        'warehouse.v1',
        zoneId,
        'detent.warehouse.ZoneOccupied',
        { ...samples['detent.warehouse.ZoneOccupied'], zoneId, fill },
      ] as const;
    const fills = async () =>
      (await world.all(ingestOutput)).map(({ value }) => (value as { values: { fill: number } }).values.fill);
    await world.produce([...occupied('z-1', 0.1)], [...occupied('z-1', 0.2)], [...occupied('z-2', 0.3)]);
    await ingest(world);
    expect(await fills()).toEqual([0.1, 0.3]);
    await world.produce([...occupied('z-1', 0.4)]);
    await ingest(world);
    expect(await fills()).toEqual([0.1, 0.3]);
    expect(world.metrics.total('detent_ingest_records_total', { topic: 'warehouse.v1', result: 'duplicate' })).toBe(2);
  });

  it('puts aside what it refuses, bytes unchanged, and goes on', async () => {
    const world = await createEmbeddedWorld(topics);
    const read = samples['detent.sensors.SensorRead'];
    const name = 'detent.sensors.SensorRead';
    await world.produce(
      ['sensors.v1', 'sensor-1', name, { ...read, eventId: 'a', value: 0, unit: 'K' }],
      ['sensors.v1', 'sensor-9', name, { ...read, eventId: 'b' }],
      ['sensors.v1', 'sensor-1', name, { ...read, eventId: 'c' }],
    );
    await ingest(world);
    expect((await world.all(ingestOutput)).map(({ value }) => value)).toEqual([
      expect.objectContaining({ entityType: 'zone', values: { tempC: 5 } }),
    ]);
    const dead = await world.all('dlq.v1');
    expect(dead.map(({ key, headers }) => [key, headers['detent.error.code'], headers['detent.error.step']])).toEqual([
      ['sensor-1', 'IMPOSSIBLE_VALUE', 'accept'],
      ['sensor-9', 'KEY_MISMATCH', 'accept'],
    ]);
    expect(dead[0]?.value).toEqual({ ...read, eventId: 'a', value: 0, unit: 'K' });
  });

  it('forgets ids when they have aged', async () => {
    const world = await createEmbeddedWorld(topics);
    const day = 24 * 3_600_000;
    const rating = (orderId: string, at: number) =>
      [
        'outcomes.v1',
        orderId,
        'detent.outcomes.CustomerRated',
        { ...samples['detent.outcomes.CustomerRated'], orderId, occurredAt: at },
      ] as const;
    world.clock.set(T0);
    await world.produce([...rating('o-1', T0)]);
    await ingest(world);
    await world.produce([...rating('o-2', T0 + day)]);
    await ingest(world);
    await world.produce([...rating('o-1', T0)]);
    await ingest(world);
    expect((await world.all(ingestOutput)).map(({ key }) => key)).toEqual(['o-1', 'o-2', 'o-1']);
  });

  it('knows the oldest of many ids of a key after a restart, until it has aged', async () => {
    const world = await createEmbeddedWorld(topics);
    const hour = 3_600_000;
    const name = 'detent.warehouse.ZoneOccupied';
    const occupied = (zoneId: string, eventId: string, occurredAt: number) =>
      ['warehouse.v1', zoneId, name, { ...samples[name], zoneId, eventId, occurredAt }] as [
        string,
        string,
        string,
        unknown,
      ];
    const observed = async () => (await world.all(ingestOutput)).length;
    world.clock.set(T0);
    await world.produce(...Array.from({ length: 300 }, (_, i) => occupied('z-1', `e-${i}`, T0)));
    await ingest(world);
    world.clock.set(T0 + 12 * hour);
    await world.produce(occupied('z-1', 'e-0', T0), occupied('z-1', 'e-299', T0), occupied('z-1', 'f', T0 + 12 * hour));
    await ingest(world);
    expect(await observed()).toBe(301);
    // The blocks are due now, their head is not, nor is it in memory.
    await world.produce(occupied('z-2', 'g', T0 + 25 * hour));
    await ingest(world);
    await world.produce(occupied('z-1', 'e-0', T0 + 25 * hour), occupied('z-1', 'f', T0 + 12 * hour));
    await ingest(world);
    expect(await observed()).toBe(303);
  });
});
