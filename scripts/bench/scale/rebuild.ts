/**
 * `node rebuild.ts`: builds the segmenter's copy in Redis anew from its changelog in Kafka, as `detent state rebuild`
 * does; where is in the environment. Prints `Rebuild` as JSON.
 */
import { createLogger, openRuntime, readConfig } from '@detent/adapters';

/** CPU in seconds, memory in bytes. `writes`: states in the changelog, one that changed several times as often. */
export interface Rebuild {
  seconds: number;
  cpu: number;
  rss: number;
  writes: number;
}

const SAY_MS = 5000;

const runtime = await openRuntime(readConfig({ environment: process.env }), {
  logger: createLogger('error'),
  write: false,
});
const started = performance.now();
let said = started;
const shares = new Map<number, number>();
const tasks = await runtime.rebuildStates!('segmenter', undefined, ({ task, share }) => {
  shares.set(task, share);
  if (performance.now() - said < SAY_MS) return;
  said = performance.now();
  const percent = [...shares].map(([of, at]) => `task ${of} ${Math.floor(at * 100)} %`).join(', ');
  process.stderr.write(`bench: rebuild: ${percent}\n`);
});
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
const found: Rebuild = {
  seconds,
  cpu: (user + system) / 1e6,
  rss: process.resourceUsage().maxRSS * 1024,
  writes: tasks.reduce((sum, { writes }) => sum + writes, 0),
};
process.stdout.write(JSON.stringify(found));
await runtime.close();
// A connection to the registry or to Kafka may be kept for a while yet.
process.exit();
