import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pagesBeside } from './pages.ts';

describe('pages of a model', () => {
  const root = mkdtempSync(join(tmpdir(), 'detent-pages-'));
  for (const folder of ['models', 'docs']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'docs', 'late.md'), '');
  writeFileSync(join(root, 'models', 'near.md'), '');
  const hasPage = pagesBeside(join(root, 'models', 'mine.yaml'));

  it.each(['docs/late.md', 'docs/late.md#whom-to-call', 'near.md', 'docs/sops/surge.md', '../docs/late.md'])(
    '%s is found: beside the model, above it, or from where one works',
    (page) => expect(hasPage(page)).toBe(true),
  );
  it.each(['docs/lat.md', 'late.md'])('%s is not there', (page) => expect(hasPage(page)).toBe(false));
  it.each(['https://wiki/late', 'SOP-17'])('%s names no file, and nobody looks', (page) =>
    expect(hasPage(page)).toBe(true),
  );
});
