import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { detent } from '../test/detent.ts';

const dir = mkdtempSync(join(tmpdir(), 'detent-advise-'));
const model = join(dir, 'yard.yaml');
const events = join(dir, 'events.jsonl');
writeFileSync(
  model,
  `model: yard
version: 1
entities:
  pallet:
    inputs: { x: number }
    attributes: { level: { ewma: x, halfLife: 1s } }
    dimensions:
      heat:
        hysteresis: { evidence: false, switchCost: 8h }
        segments: { hot: { when: level >= 10 }, cool: {} }
`,
);
const START = Date.UTC(2026, 0, 5);
writeFileSync(
  events,
  Array.from({ length: 1500 }, (_, i) => {
    const level = Math.floor(i / 240) % 2 === 0 ? 9.4 : 10.6;
    const x = level + 2 * Math.sin(i * 2.4) * Math.cos(i * 0.7);
    const observedAt = new Date(START + i * 1_800_000).toISOString();
    return JSON.stringify({ entityType: 'pallet', entityId: 'p1', observedAt, values: { x } });
  }).join('\n'),
);

it('prints what to write, and the same as data', async () => {
  const said = await detent(['advise', model, '--events', events]);
  expect([said.code, said.stderr]).toEqual([0, expect.any(String)]);
  expect(said.stdout).toMatch(/chosen on 2026-01-05 to 2026-01-25, judged on 2026-01-25 to 2026-02-05/);
  expect(said.stdout).toMatch(/yard\.yaml:9: hysteresis: \{ evidence: false, switchCost: 8h/);
  const { stdout } = await detent(['advise', model, '--events', events, '--json']);
  const [heat] = JSON.parse(stdout).dimensions;
  expect(heat).toMatchObject({ dimension: 'pallet.heat', verdict: 'change' });
  expect(said.stdout).toContain(`saves ${heat.saving.hours.toFixed(1)} h`);
});

it('refuses a dimension that is not there, and a history that is not', async () => {
  const wrong = await detent(['advise', model, '--events', events, '--dimension', 'pallet.heats']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('it has pallet.heat')]);
  const none = await detent(['advise', model, '--events', join(dir, 'nothing.jsonl')]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no')]);
});
