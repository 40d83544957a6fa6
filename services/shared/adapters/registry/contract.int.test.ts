import { randomUUID } from 'node:crypto';
import { describe, it } from '@jest/globals';
import { registryFeatures } from '../../testing/registry.features.ts';
import { createConfluentRegistry } from './index.ts';

const url = process.env['DETENT_TEST_REGISTRY_URL'];

if (url === undefined) {
  describe('schema registry over HTTP', () => {
    it.skip('DETENT_TEST_REGISTRY_URL is not set', () => {});
  });
} else {
  registryFeatures('over HTTP', async () => ({
    registry: createConfluentRegistry(url),
    subject: `t${randomUUID().slice(0, 8)}`,
    close: async () => {},
  }));
}
