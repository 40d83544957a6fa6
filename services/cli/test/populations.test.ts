import { describe, expect, it } from '@jest/globals';
import { aDay, countsPopulations } from './populations.features.ts';

describe('the embedded profile', () => {
  countsPopulations((partitions) => ({ DETENT_PARTITIONS: String(partitions) }));

  it('comes to the very same changes on one partition, with and without ingest in the segmenter', async () => {
    const apart = await aDay({});
    expect(apart.digest.changes).toBeGreaterThan(30);
    expect(apart.report.ok).toBe(true);
    expect((await aDay({ DETENT_FUSED: 'true' })).digest).toEqual(apart.digest);
  }, 240_000);
});
