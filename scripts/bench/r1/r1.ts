import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../../stack/stack.ts';
import { readStack } from '../../stack/state.ts';
import { type BenchReport, type Figure, report } from '../figures.ts';
import { cpuFigures, perEvent } from '../processes.ts';
import { runDetent } from './detent.ts';
import { runPeer } from './peer.ts';

/** What `--peer` adds to the reports. */
export interface R1 {
  report: BenchReport;
  /** Events a second of Detent over those of the peer. */
  ratioToPeer: number;
}

/**
 * R1, exactly once, on one broker: the peer in `peerDir` first, then Detent's segmenter with Redis. Two threads there, two
 * processes here.
 */
export async function benchR1(events: number, peerDir: string, say: (line: string) => void): Promise<R1> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  try {
    const { kafka, redis } = readStack(dir)!.pids;
    say('building and running the peer');
    const peer = await runPeer(peerDir, stack.kafka, kafka!.pid, events);
    say(`peer ${peer.eps} events/s; now Detent`);
    const ours = await runDetent(stack, events, 2, { broker: kafka!.pid, redis: redis!.pid }, say);
    const perSecond = events / ours.seconds;
    const figures: Figure[] = [
      { name: 'R1 events/s, two segmenters, exactly once', value: perSecond, unit: '1/s', better: 'more' },
      { name: 'R1 events/s, Kafka Streams exactly_once_v2, 2 threads', value: peer.eps, unit: '1/s', better: 'more' },
      { name: 'ratio to Kafka Streams', value: perSecond / peer.eps, unit: '', better: 'more' },
      ...cpuFigures(ours, events),
      perEvent('CPU per event, Kafka Streams', peer.cpuSeconds, events),
      perEvent('CPU per event, its broker', peer.brokerCpuSeconds, events),
    ];
    return { report: report('r1', figures), ratioToPeer: perSecond / peer.eps };
  } finally {
    await stack.stop({ deleteData: true });
  }
}
