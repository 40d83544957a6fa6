import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { unknownSeries } from './metrics-used.ts';

const root = join(import.meta.dirname, '..');
const pages = globSync('{docs,infra,services}/**/*.md', { cwd: root, exclude: ['**/node_modules/**'] });

describe('series that nobody exposes', () => {
  it.each([
    ['rate(detent_ingest_records_total[5m])', []],
    ['rate(detent_pipeline_batch_records_sum[5m])', []],
    ['topic:detent_feed_age_seconds:min > 1', []],
    ['rate(detent_ingest_recrods_total[5m])', ['detent_ingest_recrods_total']],
    ['detent_pipeline_batch_records', ['detent_pipeline_batch_records']],
    ['detent_task_owned_bucket', ['detent_task_owned_bucket']],
  ])('%s', (expression, expected) => expect(unknownSeries(expression)).toEqual(expected));

  it('stand on no page', () => {
    const named = pages.flatMap((page) =>
      unknownSeries(readFileSync(join(root, page), 'utf8')).map((name) => `${page}: ${name}`),
    );
    expect(named).toEqual([]);
    expect(pages.length).toBeGreaterThan(20);
  });
});
