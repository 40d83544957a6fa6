import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeFeatures } from './change.features.ts';

changeFeatures('embedded', {
  environment: { DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-change-')) },
  partitions: 1,
  settleMs: 300,
});
