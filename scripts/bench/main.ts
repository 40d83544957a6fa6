/**
 * `npm run bench [-- <suite>…] [--json] [--events N] [--rounds N] [--fused] [--peer [--peer-dir DIR]]`: measures and prints. Suites: core,
 * embedded, latency, kafka; clients, hysteresis, order and scale only when named. `npm run bench -- <decision> [file…]
 * [--json]` measures the decisions of `decisions/benches.ts` on instances from files.
 */
import { parseArgs } from 'node:util';
import { benchClients } from './clients.ts';
import { benchCore } from './core.ts';
import { decisionBenches } from './decisions/benches.ts';
import { benchEmbedded } from './embedded.ts';
import { type BenchReport, table } from './figures.ts';
import { benchHysteresis } from './hysteresis/hysteresis.ts';
import { benchKafka } from './kafka.ts';
import { benchOrder } from './order.ts';
import { benchLatency, benchR1 } from './r1/r1.ts';
import { benchScale } from './scale.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    events: { type: 'string' },
    peer: { type: 'boolean', default: false },
    fused: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    entities: { type: 'string', default: '10000,100000,1000000' },
    'peer-dir': { type: 'string', default: '../shared/bench' },
    instances: { type: 'string', default: '../shared/bench' },
    data: { type: 'string', default: '../shared/data' },
  },
});
/** A collection of the whole heap takes a second: among fewer events it would be the figure. */
const SCALE_EVENTS = 1_000_000;
const events = Number(values.events ?? (values.peer ? 2_000_000 : 200_000));
if (!Number.isInteger(events) || events < 1000) {
  process.stderr.write(`--events takes a whole number of at least 1000, not "${values.events}"\n`);
  process.exit(2);
}
const scaleEvents = values.events === undefined ? SCALE_EVENTS : events;
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`--rounds takes a whole number of at least 1, not "${values.rounds}"\n`);
  process.exit(2);
}
const say = (line: string) => process.stderr.write(`bench: ${line}\n`);
const suites: Record<string, () => Promise<BenchReport>> = {
  core: () => benchCore(events, say),
  embedded: () => benchEmbedded(events, say),
  latency: () => benchLatency(say),
  clients: () => benchClients(events, say),
  scale: () => benchScale({ sizes: values.entities.split(',').map(Number), events: scaleEvents, rounds }, say),
  order: () => benchOrder(say),
  kafka: () => (values.peer ? besidePeer() : benchKafka(events, values.fused, say)),
};
let ratioToPeer: number | undefined;
async function besidePeer(): Promise<BenchReport> {
  const r1 = await benchR1(events, values['peer-dir'], say);
  ratioToPeer = r1.ratioToPeer;
  return r1.report;
}

const decision = decisionBenches[positionals[0] ?? ''];
if (decision !== undefined) {
  const bench = await decision();
  const files = positionals.slice(1);
  const { json, instances, data } = values;
  process.stdout.write(`${(await bench({ files, json, instances, data, say })).trimEnd()}\n`);
  process.exit(0);
}

/** Those that take minutes run only when named. */
const SLOW = ['clients', 'scale', 'order'];
const wanted = positionals.length > 0 ? positionals : Object.keys(suites).filter((name) => !SLOW.includes(name));
const reports: BenchReport[] = [];
for (const name of wanted) {
  if (name === 'hysteresis') {
    process.stdout.write(benchHysteresis(values.json));
    continue;
  }
  const suite = suites[name];
  if (suite === undefined) {
    process.stderr.write(
      `there is no bench "${name}": give ${[...Object.keys(suites), 'hysteresis', ...Object.keys(decisionBenches)].join(', ')}\n`,
    );
    process.exit(2);
  }
  say(`${name} …`);
  reports.push(await suite());
}
if (reports.length > 0) {
  if (!values.json) process.stderr.write(`${table(reports)}\n`);
  const found = { reports, ...(ratioToPeer !== undefined && { ratioToPeer }) };
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
