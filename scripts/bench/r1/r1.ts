import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '../../stack/stack.ts';
import { readStack } from '../../stack/state.ts';
import { type BenchReport, type Figure, report } from '../figures.ts';
import { cpuFigures, perEvent, quiet } from '../processes.ts';
import { runDetent } from './detent.ts';
import { type Latency, type Load, measureLatency } from './latency.ts';
import { Peer } from './peer.ts';

/** What `--peer` adds to the reports. */
export interface R1 {
  report: BenchReport;
  /** Events a second of Detent over those of the peer. */
  ratioToPeer: number;
}

/** Steady enough, and long enough for the peer's virtual machine to warm up. */
const LOAD: Load = { perSecond: 5000, seconds: 35, warmS: 13 };

/**
 * R1, exactly once, on one broker: the peer in `peerDir` first, then Detent's segmenter with Redis. Two threads there, two
 * processes here. Then the latency of both at a steady rate.
 */
export async function benchR1(events: number, peerDir: string, say: (line: string) => void): Promise<R1> {
  return withStack(say, async (stack, pids) => {
    const peer = new Peer(peerDir, stack.kafka, pids['broker']!);
    try {
      say('building and running the peer');
      const theirs = await peer.throughput(events);
      say(`peer ${theirs.eps} events/s; now Detent`);
      const ours = await runDetent(stack, events, 2, pids, say);
      const perSecond = events / ours.seconds;
      const ratioToPeer = perSecond / theirs.eps;
      say(`Detent ${Math.round(perSecond)} events/s; now latency`);
      await quiet(pids['broker']!);
      const theirLatency = await peer.latency(LOAD);
      await quiet(pids['broker']!);
      const ourLatency = await measureLatency(stack, LOAD);
      const figures: Figure[] = [
        { name: 'R1 events/s, two segmenters, exactly once', value: perSecond, unit: '1/s', better: 'more' },
        {
          name: 'R1 events/s, Kafka Streams exactly_once_v2, 2 threads',
          value: theirs.eps,
          unit: '1/s',
          better: 'more',
        },
        { name: 'ratio to Kafka Streams', value: ratioToPeer, unit: '', better: 'more' },
        ...cpuFigures(ours, events),
        perEvent('CPU per event, Kafka Streams', theirs.cpuSeconds, events),
        perEvent('CPU per event, its broker', theirs.brokerCpuSeconds, events),
        ...latencyFigures('Detent', ourLatency),
        ...latencyFigures('Kafka Streams', theirLatency),
      ];
      return { report: report('r1', figures), ratioToPeer };
    } finally {
      peer.close();
    }
  });
}

/** Latency of one segmenter at a steady rate, without a peer. */
export async function benchLatency(say: (line: string) => void): Promise<BenchReport> {
  return withStack(say, async (stack) =>
    report('latency', latencyFigures('Detent', await measureLatency(stack, LOAD))),
  );
}

function latencyFigures(who: string, { p50, p99, changes }: Latency): Figure[] {
  const at = `at ${LOAD.perSecond.toLocaleString('en-GB')} events/s`;
  return [
    { name: `${who}: change visible ${at}, p50`, value: p50, unit: 'ms', better: 'less', note: `${changes} changes` },
    { name: `${who}: change visible ${at}, p99`, value: p99, unit: 'ms', better: 'less' },
  ];
}

async function withStack<T>(
  say: (line: string) => void,
  use: (stack: Stack, pids: Record<string, number>) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  try {
    const { kafka, redis } = readStack(dir)!.pids;
    return await use(stack, { broker: kafka!.pid, redis: redis!.pid });
  } finally {
    await stack.stop({ deleteData: true });
  }
}
