import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { perishablesOnTheRoad } from './cold.features.ts';
import { fragileOrders } from './fragile.features.ts';
import { ledgerKept } from './ledger.features.ts';
import type { Stage } from './play.ts';
import { urgentBesideBulky } from './urgent.features.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'] ?? '';
const registry = process.env['DETENT_TEST_REGISTRY_URL'] ?? '';
const redis = process.env['DETENT_TEST_REDIS_URL'] ?? '';
const onCluster = brokers && registry && redis ? describe : describe.skip;

const cluster: Stage = {
  environment: () => ({
    DETENT_PROFILE: 'cluster',
    DETENT_PARTITIONS: '2',
    DETENT_TOPIC_PREFIX: `scenario-${randomUUID().slice(0, 8)}.`,
    DETENT_KAFKA_BROKERS: brokers,
    DETENT_REGISTRY_URL: registry,
    DETENT_REDIS_URL: redis,
  }),
  settleMs: 2000,
};

onCluster('the scenarios, on a cluster (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL and _REDIS_URL)', () => {
  fragileOrders(cluster);
  urgentBesideBulky(cluster);
  perishablesOnTheRoad(cluster);
  ledgerKept(cluster);
});
