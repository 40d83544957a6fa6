import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { digestChanges } from '../report/digest.ts';
import { detent } from '../test/detent.ts';
import { readObservations } from './read-observations.ts';

const TIMEOUT = 120_000;
const dir = mkdtempSync(join(tmpdir(), 'detent-events-'));
const environment = { DETENT_DATA_DIR: dir, DETENT_HTTP_PORT: '0' };
const config = readConfig({ environment });

async function all(path: string): Promise<Observation[]> {
  const observations: Observation[] = [];
  for await (const observation of readObservations(path, config)) observations.push(observation);
  return observations;
}
function file(name: string, lines: readonly (object | string)[]): string {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const path = join(dir, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

describe('observations of the past', () => {
  beforeAll(async () => {
    const { code, stderr } = await detent(['up', '--exit', '--scale', '0.1'], environment);
    if (code !== 0) throw new Error(stderr);
  }, TIMEOUT);

  it(
    'of a data directory come to the changes that were published from it',
    async () => {
      const observations = await all(dir);
      expect(observations.length).toBeGreaterThan(1000);
      const runtime = await openRuntime(config, { logger: createLogger('silent'), write: false });
      const { byDimension } = await digestChanges(runtime);
      await runtime.close();
      const { stdout, code } = await detent(['model', 'check', 'fulfilment', '--events', dir, '--json'], environment);
      expect([0, 3]).toContain(code);
      const { events } = JSON.parse(stdout) as {
        events: {
          observations: number;
          dimensions: { dimension: string; moves: number; members: Record<string, number> }[];
        };
      };
      expect(events.observations).toBe(observations.length);
      for (const { dimension, moves, members } of events.dimensions) {
        // Placements, moves and ends together are the changes that were published.
        expect(moves).toBeLessThan(byDimension[dimension]!);
        expect(Math.max(...Object.values(members))).toBeLessThanOrEqual(byDimension[dimension]!);
      }
      expect(events.dimensions.length).toBeGreaterThan(8);
    },
    TIMEOUT,
  );

  it('of a file are the same as those of the log that it was written from', async () => {
    const observations = await all(dir);
    expect(await all(file('log.jsonl.gz', observations))).toEqual(observations);
  });

  it('may leave out what has a default, and name instants in words', async () => {
    const path = file('short.jsonl', [
      '',
      { entityType: 'lot', entityId: 'l1', observedAt: '2026-03-02T08:00:00Z', values: { quantity: 4 } },
      '',
    ]);
    expect(await all(path)).toEqual([
      {
        entityType: 'lot',
        entityId: 'l1',
        observedAt: Date.UTC(2026, 2, 2, 8),
        values: { quantity: 4 },
        links: [],
        ended: false,
        source: { topic: 'file', partition: 0, offset: 2 },
      },
    ]);
  });

  it.each([
    ['{', ':1: this is no JSON'],
    [{ entityId: 'l1', observedAt: 1 }, ':1: entityType must be a text'],
    [{ entityType: 'lot', entityId: 'l1', observedAt: 'noon' }, ':1: observedAt must be'],
    [{ entityType: 'lot', entityId: 'l1', observedAt: 1, values: { x: [1] } }, ':1: values must map'],
  ])('that are none (%j) are named by line', async (line, message) => {
    await expect(all(file('bad.jsonl', [line]))).rejects.toThrow(message);
  });

  it('that are not there, or in a directory of something else, are told', async () => {
    await expect(all('/nowhere')).rejects.toThrow('there is nothing at /nowhere');
    await expect(all(tmpdir())).rejects.toThrow('holds no detent.sqlite');
  });
});

describe('detent model check and test', () => {
  const model = readFileSync(new URL('../../../models/starter-damage.yaml', import.meta.url), 'utf8');
  const copy = (name: string, change: (text: string) => string) => {
    const path = join(dir, `${name}.yaml`);
    writeFileSync(path, change(model));
    return path;
  };

  it('find nothing in a shipped model, and end with 0', async () => {
    const checked = await detent(['model', 'check', 'starter-damage', '--json'], environment);
    expect([checked.code, JSON.parse(checked.stdout)]).toMatchObject([0, { ok: true, findings: [] }]);
    const tested = await detent(['model', 'test', 'starter-damage', '--json'], environment);
    expect([tested.code, JSON.parse(tested.stdout)]).toMatchObject([0, { ok: true, model: 'starter-damage' }]);
  });

  it('name what they find with its place and what to do, and end with 3', async () => {
    const path = copy('broken', (text) =>
      text.replace('fragileUnits >= 1,', 'fragileUnits >= 1 && fragileUnits < -1,'),
    );
    const { code, stdout } = await detent(['model', 'check', path], environment);
    expect(code).toBe(3);
    expect(stdout).toContain('1 error');
    expect(stdout).toMatch(
      /broken\.yaml:25:11: error unreachable-segment: order\.handling\.fragile: fragile can never hold/,
    );
  });

  it('give the problems of a model that does not load as data, each with its place, and end with 2', async () => {
    const path = copy('unreadable', (text) =>
      text.replace('fragileUnits >= 1,', 'fragileUnit >= 1,').replace('lineCount >= 2', "lineCount >= 'two'"),
    );
    const { code, stdout } = await detent(['model', 'check', path, '--json'], environment);
    expect(code).toBe(2);
    const { ok, model: name, problems } = JSON.parse(stdout);
    expect([ok, name]).toEqual([false, null]);
    expect(problems).toEqual([
      expect.objectContaining({ code: 'model-problem', severity: 'error', file: path, line: 24 }),
      expect.objectContaining({ file: path, line: 25, message: expect.stringContaining('did you mean fragileUnits?') }),
    ]);
    for (const { line, column } of problems) {
      const text = readFileSync(path, 'utf8')
        .split('\n')
        [line - 1]!.slice(column - 1);
      expect(text).toMatch(line === 25 ? /^fragileUnit / : /^(lineCount|fragileUnits|>=|'two')/);
    }
    const broken = copy('syntax', (text) => text.replace('entities:', 'entities: ]'));
    const syntax = await detent(['model', 'check', broken, '--json'], environment);
    expect(JSON.parse(syntax.stdout).problems[0]).toMatchObject({
      line: expect.any(Number),
      column: expect.any(Number),
    });
  });

  it('show what an example came to instead', async () => {
    const path = copy('looser', (text) => text.replace('fragility >= 0.6', 'fragility >= 0.9'));
    const examples = new URL('../../../models/starter-damage.test.yaml', import.meta.url).pathname;
    const { code, stdout } = await detent(['model', 'test', path, '--file', examples], environment);
    expect(code).toBe(3);
    expect(stdout).toContain('FAILED');
    expect(stdout).toContain('handling is standard, expected fragile');
    expect(stdout).toContain('fragile lacks: fragileUnits 0 < 1');
    expect(stdout).toContain('0 of 2 examples hold');
  });

  it('say where examples are expected', async () => {
    const { code, stderr } = await detent(['model', 'test', copy('alone', (text) => text)], environment);
    expect([code, stderr]).toEqual([2, expect.stringContaining('there are no examples at')]);
  });
});
