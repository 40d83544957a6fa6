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

  it('refuses a name that is not in the catalogue', () => {
    expect(() => createMetrics({ now: () => 0 }).count('detent_surprise_total')).toThrow(
      'detent_surprise_total is not in the catalogue',
    );
  });
});
