import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './prometheus.ts';

describe('metrics', () => {
  it('lets the age of a feed grow while nothing comes', async () => {
    let now = 100_000;
    const metrics = createMetrics({ now: () => now });
    metrics.gauge('detent_feed_latest_event_seconds', 42, { topic: 'orders.v1' });
    now += 90_000;
    const text = await metrics.text();
    expect(text).toContain('detent_feed_age_seconds{topic="orders.v1"} 90');
    expect(text).toContain('detent_feed_latest_event_seconds{topic="orders.v1"} 42');
  });

  it('has no single series of a histogram', () =>
    expect(createMetrics({ now: () => 0 }).series('detent_pipeline_batch_records')).rejects.toThrow(
      new RangeError('metric detent_pipeline_batch_records is not in the catalogue with this kind'),
    ));
});
