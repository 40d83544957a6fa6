/** `npm run bench [-- <suite>…] [--json] [--events N]`: measures and prints. Suites: core, embedded, kafka, hysteresis. */
import { parseArgs } from 'node:util';
import { benchCore } from './core.ts';
import { benchEmbedded } from './embedded.ts';
import { type BenchReport, table } from './figures.ts';
import { benchHysteresis } from './hysteresis.ts';
import { benchKafka } from './kafka.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, events: { type: 'string', default: '200000' } },
});
const events = Number(values.events);
if (!Number.isInteger(events) || events < 1000) {
  process.stderr.write(`--events takes a whole number of at least 1000, not "${values.events}"\n`);
  process.exit(2);
}
const say = (line: string) => process.stderr.write(`bench: ${line}\n`);
const suites: Record<string, () => Promise<BenchReport>> = {
  core: () => benchCore(events, say),
  embedded: () => benchEmbedded(events, say),
  kafka: () => benchKafka(events, say),
};
const wanted = positionals.length > 0 ? positionals : Object.keys(suites);
const reports: BenchReport[] = [];
for (const name of wanted) {
  if (name === 'hysteresis') {
    process.stdout.write(benchHysteresis(values.json));
    continue;
  }
  const suite = suites[name];
  if (suite === undefined) {
    process.stderr.write(`there is no bench "${name}": give ${Object.keys(suites).join(', ')} or hysteresis\n`);
    process.exit(2);
  }
  say(`${name} …`);
  reports.push(await suite());
}
if (reports.length > 0) {
  if (!values.json) process.stderr.write(`${table(reports)}\n`);
  process.stdout.write(`${JSON.stringify(reports)}\n`);
}
