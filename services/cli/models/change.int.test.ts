import { describe, it } from '@jest/globals';
import { changeFeatures } from './change.features.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'];
const registry = process.env['DETENT_TEST_REGISTRY_URL'];
const redis = process.env['DETENT_TEST_REDIS_URL'];

if (brokers && registry && redis) {
  changeFeatures('cluster', {
    environment: {
      DETENT_PROFILE: 'cluster',
      DETENT_KAFKA_BROKERS: brokers,
      DETENT_REGISTRY_URL: registry,
      DETENT_REDIS_URL: redis,
    },
    partitions: 2,
    settleMs: 2000,
  });
} else {
  describe.skip('a change of the model: cluster (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL, _REDIS_URL)', () => {
    it('runs', () => {});
  });
}
