import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { unknownSeries } from '../metrics-used.ts';

const here = import.meta.dirname;
const root = join(here, '..', '..');

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: { severity?: string };
  annotations?: { runbook?: string };
}
const { groups } = parse(readFileSync(join(here, 'rules', 'detent.yml'), 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

describe('Prometheus rules', () => {
  it.each(rules.map(({ alert, record, expr }) => [alert ?? record, expr]))('%s reads what services expose', (_, expr) =>
    expect(unknownSeries(String(expr))).toEqual([]),
  );

  it('read no recorded series that is not recorded above them', () => {
    const recorded = new Set<string>();
    for (const { expr, record } of rules) {
      const used = expr.match(/\b[a-z_]+:detent_\w+:\w+/g) ?? [];
      expect(used.filter((name) => !recorded.has(name))).toEqual([]);
      if (record) recorded.add(record);
    }
  });

  it.each(alerts.map(({ alert, labels, annotations }) => [alert, labels?.severity, annotations?.runbook]))(
    '%s (%s) leads to %s',
    (_, severity, runbook) => {
      expect(['page', 'ticket']).toContain(severity);
      expect(existsSync(join(root, String(runbook)))).toBe(true);
    },
  );

  it('and every runbook belongs to an alert', () => {
    const used = new Set(alerts.map(({ annotations }) => annotations?.runbook));
    const pages = readdirSync(join(root, 'docs', 'runbooks')).filter((name) => name !== 'README.md');
    expect(pages.filter((name) => !used.has(`docs/runbooks/${name}`))).toEqual([]);
  });
});

const promtool = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0;

(promtool ? describe : describe.skip)('Prometheus configuration (needs promtool on the PATH)', () => {
  it.each([
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'tests/alerts.yml'],
  ])('promtool %s %s %s', (...args) => {
    const run = spawnSync('promtool', args, { cwd: here, encoding: 'utf8' });
    expect({ status: run.status, said: run.status === 0 ? '' : run.stdout + run.stderr }).toEqual({
      status: 0,
      said: '',
    });
  });
});
