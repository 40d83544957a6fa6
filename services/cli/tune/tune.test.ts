import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { csvFile } from '../replay/testing.ts';
import { detent } from '../test/detent.ts';
import { drawChart } from './chart.ts';
import { comparePolicies } from './compare.ts';
import { readSeries } from './read-series.ts';
import { drawSvg } from './svg.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 2, 2);
const iso = (hours: number) => new Date(T0 + hours * HOUR).toISOString();

/** Hourly: 40 hours at 2, 100 at 10, 3 at 2, 60 at 10. */
const VALUES = [...Array(40).fill(2), ...Array(100).fill(10), ...Array(3).fill(2), ...Array(60).fill(10)] as number[];
const steps = () => csvFile(['t,x', ...VALUES.map((x, i) => `${iso(i)},${x}`)]);

describe('readSeries', () => {
  it('names every bad row with its line and what to write instead', async () => {
    const file = csvFile([
      't,x,truth',
      '2026-02-30T00:00:00Z,1,1',
      `${iso(1)},,0`,
      `${iso(2)},1e999,yes`,
      `${iso(3)},4,0`,
    ]);
    await expect(readSeries(file)).rejects.toMatchObject({
      code: 'DETENT_INPUT_ROWS',
      message: expect.stringMatching(
        /line 2: t is "2026-02-30T00:00:00Z".*\n.*line 3: x is "".*leave the row out.*\n.*line 4: x is "1e999".*\n.*line 4: truth is "yes"/,
      ),
    });
  });

  it('wants the columns and two instants', async () => {
    await expect(readSeries(csvFile(['time,x', `${iso(0)},1`]))).rejects.toMatchObject({
      code: 'DETENT_INPUT_COLUMNS',
    });
    await expect(readSeries(csvFile(['t,x', `${iso(0)},1`, `${iso(0)},2`]))).rejects.toThrow('1 instants');
  });

  it('puts rows in order and keeps the last of an instant, and counts both', async () => {
    const rows = [
      `${iso(0)},1`,
      `${iso(2)},3`,
      `${iso(1)},2`,
      `${iso(2)},4`,
      '2026-03-02 03:00,5',
      '2026-03-02T06:00:00+02:00,6',
    ];
    const series = await readSeries(csvFile(['t,x', ...rows]));
    expect(series.times.map((t) => (t - T0) / HOUR)).toEqual([0, 1, 2, 3, 4]);
    expect(series.values).toEqual([1, 2, 4, 5, 6]);
    expect([series.repeated, series.outOfOrder]).toEqual([1, 1]);
  });
});

describe('comparePolicies', () => {
  it('counts J, hindsight and moves as by hand', async () => {
    const given = await readSeries(steps());
    const { hindsight, policies, gapMs, truth } = comparePolicies(given, 8, 4 * HOUR);
    // One move, and three hours wrong rather than two more moves.
    expect(hindsight).toEqual({ j: 7, switches: 1 });
    expect([gapMs, truth]).toEqual([HOUR, 'readings']);
    expect(policies.find(({ policy }) => policy === 'naive')).toEqual({
      policy: 'naive',
      j: 12,
      opt: 7,
      ratio: 12 / 7,
      switches: 3,
      medianDelayMs: 0,
    });
  });

  it('adds up to the J that it states, for the default and its moves', async () => {
    const comparison = comparePolicies(await readSeries(steps()), 8, 4 * HOUR);
    const { initial, transitions, j, switches } = comparison.default;
    const moves = transitions.map(({ at, in: inside }) => ({ hour: (Date.parse(at) - T0) / HOUR, inside }));
    const wrong = VALUES.filter((x, hour) => {
      const side = moves.filter((move) => move.hour <= hour).at(-1)?.inside ?? initial;
      return side !== x >= 8;
    });
    expect(switches).toBe(transitions.length);
    expect(j).toBe(wrong.length + 4 * switches);
    expect(initial).toBe(false);
    expect(transitions[0]!.in).toBe(true);
  });

  it('does not depend on the unit of time', async () => {
    const given = await readSeries(steps());
    const slow = { ...given, times: given.times.map((t) => T0 + (t - T0) * 24) };
    const [fast, slower] = [comparePolicies(given, 8, 4 * HOUR), comparePolicies(slow, 8, 96 * HOUR)];
    expect(slower.policies.map(({ ratio, switches }) => [ratio, switches])).toEqual(
      fast.policies.map(({ ratio, switches }) => [ratio, switches]),
    );
  });

  it('takes the analyst’s truth where there is one', async () => {
    const rows = VALUES.map((x, i) => `${iso(i)},${x},${i >= 40 ? 'in' : 'out'}`);
    const { hindsight, truth } = comparePolicies(await readSeries(csvFile(['t,x,truth', ...rows])), 8, 4 * HOUR);
    expect([hindsight, truth]).toEqual([{ j: 4, switches: 1 }, 'column']);
  });
});

describe('the drawings', () => {
  it('show the boundary, where the entity is in, and its moves', async () => {
    const given = await readSeries(steps());
    const comparison = comparePolicies(given, 8, 4 * HOUR);
    const lines = drawChart(given, comparison).split('\n');
    expect(lines.find((line) => line.trim().startsWith('8 '))).toContain('──');
    const sides = lines
      .find((line) => line.trim().startsWith('in '))!
      .trim()
      .slice(3);
    expect(sides).toMatch(/^·{14}█{35}.*█$/);
    expect(sides).toHaveLength(72);
    const svg = drawSvg(given, comparison);
    expect(svg.match(/<title>/g)).toHaveLength(comparison.default.transitions.length);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('detent tune', () => {
  it('prints JSON and writes the drawing', async () => {
    const svg = join(mkdtempSync(join(tmpdir(), 'detent-tune-')), 'series.svg');
    const { code, stdout } = await detent([
      'tune',
      steps(),
      '--boundary',
      '8',
      '--price',
      '4h',
      '--json',
      '--svg',
      svg,
    ]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.default).toMatchObject({ policy: 'ladder', initial: false, opt: 7 });
    expect(result.default.transitions[0]).toEqual({ at: expect.stringMatching(/Z$/), in: true });
    expect(result.policies.length).toBeGreaterThanOrEqual(10);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg /);
  }, 60_000);

  it.each([
    [['--boundary', 'x', '--price', '4h'], /--boundary takes a number/],
    [['--boundary', '8', '--price', '4'], /--price takes a duration/],
    [['--boundary', '8', '--price', '4h', '--svg', '/nowhere/x.svg'], /--svg \/nowhere\/x.svg: cannot be written/],
  ])(
    'refuses %j as a wrong call',
    async (options, message) => {
      const { code, stderr } = await detent(['tune', steps(), ...options]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    },
    60_000,
  );
});
