import { describe, it } from '@jest/globals';
import { redriveFeatures } from './redrive.features.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'];
const registry = process.env['DETENT_TEST_REGISTRY_URL'];
const redis = process.env['DETENT_TEST_REDIS_URL'];

if (brokers && registry && redis) {
  for (const client of ['kafkajs', 'platformatic'])
    redriveFeatures(`cluster with ${client}`, () => ({
      DETENT_PROFILE: 'cluster',
      DETENT_KAFKA_CLIENT: client,
      DETENT_PARTITIONS: '2',
      DETENT_TOPIC_PREFIX: `redrive-${process.pid}-${client}.`,
      DETENT_KAFKA_BROKERS: brokers,
      DETENT_REGISTRY_URL: registry,
      DETENT_REDIS_URL: redis,
    }));
} else
  describe.skip('dlq redrive (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL and _REDIS_URL)', () =>
    it('runs', () => {}));
