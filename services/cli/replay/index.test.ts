import { describe, expect, it } from '@jest/globals';
import type { ImporterName } from '../names.ts';
import { importers, openInput } from './index.ts';
import { csvFile, take } from './testing.ts';

describe('openInput', () => {
  it('names the importers that there are', () => {
    expect(() => openInput('onlin-retail', ['x.csv'])).toThrow(
      /no importer "onlin-retail".*online-retail, causact, scms/,
    );
    expect(() => openInput('toString', ['x.csv'])).toThrow(/no importer/);
  });

  it('says which files an importer takes', () => {
    expect(() => openInput('causact', ['x.csv'])).toThrow(
      /1 files given; it takes warehouse_shipments.* warehouse_parts/,
    );
  });

  it.each(Object.keys(importers).filter((name) => name !== 'csv'))(
    '%s says what is wrong with its file',
    async (name) => {
      const count = importers[name as ImporterName]?.files.length ?? 0;
      const missing = openInput(name, new Array(count).fill('/nowhere/rows.csv.gz'));
      await expect(take(missing.events)).rejects.toMatchObject({
        code: 'DETENT_INPUT_FILE',
        message: expect.stringContaining('/nowhere/rows.csv.gz'),
      });
      const other = openInput(name, new Array(count).fill(csvFile(['a,b', '1,2'])));
      await expect(take(other.events)).rejects.toMatchObject({
        code: 'DETENT_INPUT_COLUMNS',
        message: expect.stringContaining(':1: no column'),
      });
    },
  );

  it('says so when a gzipped file is cut short', async () => {
    const { readFileSync, writeFileSync } = await import('node:fs');
    const file = csvFile(['a,b', ...Array.from({ length: 5000 }, (_, i) => `${i},${i * 7919}`)]);
    writeFileSync(file, readFileSync(file).subarray(0, 2000));
    const input = openInput('i94', [file]);
    await expect(take(input.events)).rejects.toMatchObject({ code: expect.stringMatching(/^DETENT_INPUT_/) });
  });
});
