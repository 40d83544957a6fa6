import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { unknownSeries } from '../metrics-used.ts';
import { dashboard, file, rows, text } from './dashboard.ts';

const queries = rows.flatMap((row) =>
  row.panels.flatMap((panel) => panel.queries.map(({ expr }) => [`${row.title} ${panel.title}`, expr] as const)),
);

interface Laid {
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
}

describe('the Grafana dashboard', () => {
  it('is the one that the code makes (mend: node infra/grafana/dashboard.ts)', () => {
    expect(readFileSync(file, 'utf8')).toBe(text());
  });

  it.each(queries)('%s: reads what services expose', (_, expr) => expect(unknownSeries(expr)).toEqual([]));

  it('reads only recorded series that Prometheus records', () => {
    const rules = readFileSync(join(import.meta.dirname, '..', 'prometheus', 'rules', 'detent.yml'), 'utf8');
    const used = queries.flatMap(([, expr]) => expr.match(/\b[a-z_]+:detent_\w+:\w+/g) ?? []);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !rules.includes(`record: ${name}\n`))).toEqual([]);
  });

  it('has panels that do not lie on one another', () => {
    const { panels } = dashboard() as { panels: Laid[] };
    for (const [index, { title, gridPos: a }] of panels.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      const under = panels
        .slice(index + 1)
        .filter(({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h);
      expect({ title, under: under.map((other) => other.title) }).toEqual({ title, under: [] });
    }
  });

  it('finds its data source and its folder by the provisioning files', () => {
    const provisioning = join(import.meta.dirname, 'provisioning');
    const sources = parse(readFileSync(join(provisioning, 'datasources', 'prometheus.yaml'), 'utf8')) as {
      datasources: { uid: string }[];
    };
    const uids = new Set(text().match(/"uid": "detent-[^"]+"/g));
    expect([...uids]).toEqual(sources.datasources.map(({ uid }) => `"uid": "${uid}"`));
  });
});

const promtool = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0;

(promtool ? describe : describe.skip)('queries of the dashboard (needs promtool on the PATH)', () => {
  it('are PromQL', () => {
    const dir = mkdtempSync(join(tmpdir(), 'detent-dashboard-'));
    const rules = queries.map(([, expr], index) => ({
      record: `probe:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    writeFileSync(join(dir, 'rules.yml'), stringify({ groups: [{ name: 'probe', rules }] }));
    const run = spawnSync('promtool', ['check', 'rules', join(dir, 'rules.yml')], { encoding: 'utf8' });
    rmSync(dir, { recursive: true });
    expect(run.stdout + run.stderr).toContain(`SUCCESS: ${queries.length} rules found`);
  });
});
