import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { countsPopulations } from './populations.features.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'] ?? '';
const registry = process.env['DETENT_TEST_REGISTRY_URL'] ?? '';
const redis = process.env['DETENT_TEST_REDIS_URL'] ?? '';
const onCluster = brokers && registry && redis ? describe : describe.skip;

onCluster('the cluster profile (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL and _REDIS_URL)', () => {
  countsPopulations((partitions) => ({
    DETENT_PROFILE: 'cluster',
    DETENT_PARTITIONS: String(partitions),
    DETENT_TOPIC_PREFIX: `populations-${randomUUID().slice(0, 8)}.`,
    DETENT_KAFKA_BROKERS: brokers,
    DETENT_REGISTRY_URL: registry,
    DETENT_REDIS_URL: redis,
  }));
});
