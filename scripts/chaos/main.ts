/** `npm run chaos`: breaks things while events flow, and checks that nothing is lost or doubled. `help` is its manual. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isAlive } from '../stack/processes.ts';
import { root } from '../stack/root.ts';
import { stopStack } from '../stack/stack.ts';
import { readStack } from '../stack/state.ts';
import { faults, scenarioNamed } from './faults/index.ts';
import { haltStarts } from './managed.ts';
import { type Parts, type PartsOptions, startParts } from './parts.ts';
import type { RunReport, Scenario } from './scenario.ts';
import { type FaultRow, rowsOf, table } from './table.ts';

const help = `npm run chaos [-- OPTIONS]

  --minutes N        go through the faults again, with the next seed, until N minutes have passed; default: once
  --seed N           of the first round (default 1): events, instants and victims follow from it
  --only a,b+c       these faults only, b and c one after the other in one run; there are:
                     ${faults.map(({ name }) => name).join(', ')}
  --intensity F      more blows a run (default 1)
  --client NAME      Kafka client of the services: platformatic (default) or kafkajs
  --keep             leave data and logs in place
  --json             the result as JSON in the last line

Starts Kafka, registry, Redis and the services on free ports of 127.0.0.1. Exit 1 when anything is missing or doubled.`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    intensity: { type: 'string', default: '1' },
    client: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const shelf = join(root, '.detent');
const begun = Date.now();
const say = (line: string): void =>
  void process.stderr.write(`chaos ${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s: ${line}\n`);

/** Stops what an earlier run left behind when it was killed. */
async function sweep(): Promise<void> {
  mkdirSync(shelf, { recursive: true });
  for (const name of readdirSync(shelf).filter((entry) => entry.startsWith('chaos-'))) {
    const file = readStack(join(shelf, name));
    if (file?.owner === undefined || isAlive(file.owner)) continue;
    await stopStack(join(shelf, name));
    rmSync(join(shelf, name), { recursive: true, force: true });
  }
}

const running = new Map<string, Parts>();

/** Faults share their brokers where they ask for the same. */
async function partsFor(options: PartsOptions): Promise<Parts> {
  const id = JSON.stringify(options);
  const known = running.get(id);
  if (known) return known;
  await stopAll();
  const dir = join(shelf, `chaos-${process.pid}-${running.size}-${Date.now() % 100_000}`);
  const parts = await startParts(dir, options, say);
  running.set(id, parts);
  say(`${options.brokers} broker(s), registry and Redis run; logs in ${dir}/logs`);
  return parts;
}

async function stopAll(): Promise<void> {
  for (const [id, parts] of running) {
    running.delete(id);
    await parts.stop();
    if (!values.keep) rmSync(parts.dir, { recursive: true, force: true });
  }
}

function wantedFaults(): readonly Scenario[] {
  if (values.only === undefined) return faults;
  try {
    return values.only.split(',').map(scenarioNamed);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}

async function attempt(fault: Scenario, seed: number): Promise<RunReport> {
  const { client } = values;
  const report = await fault.run({ parts: partsFor, seed, intensity: Number(values.intensity), client, say });
  say(
    `${fault.name}, seed ${seed}: ${report.ok ? 'ok' : 'FAILED'}; ${report.expected} changes, ${report.missing} missing, ` +
      `${report.doubled} doubled, ${report.differing} differing, recovered in ${(report.recoveredMs / 1000).toFixed(1)} s; took ${report.seconds} s`,
  );
  for (const note of report.notes) say(`  ${note}`);
  for (const example of report.examples) say(`  ${example}`);
  return report;
}

if (values.help) {
  console.log(help);
  process.exit();
}
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (interrupted) return;
    interrupted = true;
    haltStarts();
    await stopAll();
    process.exit(130);
  });
}

const wanted = wantedFaults();
const reports: RunReport[] = [];
const broken: { fault: string; seed: number; error: string }[] = [];
try {
  await sweep();
  const until = begun + Number(values.minutes) * 60_000;
  for (let seed = Number(values.seed); seed === Number(values.seed) || Date.now() < until; seed += 1) {
    for (const fault of wanted) {
      if (seed > Number(values.seed) && Date.now() > until) break;
      try {
        reports.push(await attempt(fault, seed));
      } catch (error) {
        const { message } = error as Error;
        say(`${fault.name}, seed ${seed}: BROKEN: ${message}`);
        broken.push({ fault: fault.name, seed, error: message });
        // What it left behind must not weigh on the next.
        await stopAll();
      }
    }
  }
} finally {
  if (!interrupted) await stopAll();
}
const rows: FaultRow[] = rowsOf(reports, wanted);
process.stderr.write(`${table(rows)}\n`);
const sum = (of: 'missing' | 'doubled' | 'differing') => reports.reduce((total, report) => total + report[of], 0);
const ok = broken.length === 0 && reports.every((report) => report.ok);
if (values.json) {
  const seconds = Math.round((Date.now() - begun) / 1000);
  const totals = { missing: sum('missing'), doubled: sum('doubled'), differing: sum('differing') };
  process.stdout.write(`${JSON.stringify({ ok, ...totals, seconds, faults: rows, broken, runs: reports })}\n`);
}
process.exit(ok ? 0 : 1);
