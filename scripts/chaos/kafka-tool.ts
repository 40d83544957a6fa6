import { spawn } from 'node:child_process';
import type { Managed } from './managed.ts';

const PATIENCE_MS = 60_000;

/** Runs one of Kafka's own tools against the broker, with the broker's own classpath. Throws what it said when it fails. */
export async function kafkaTool(broker: Managed, main: string, args: readonly string[]): Promise<void> {
  const { command, args: launch, address } = broker.plan;
  const jars = launch[launch.indexOf('-cp') + 1] ?? '';
  const jvm = ['-XX:TieredStopAtLevel=1', '-Xmx128m', '-cp', jars, '-Dlog4j2.level=ERROR'];
  const child = spawn(command, [...jvm, main, '--bootstrap-server', address, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => {
      output += bytes;
    });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${main} ended with ${code}: ${output.trim().slice(-2000)}`);
}
