import type { Runtime } from '@detent/adapters';
import { detent } from '../../services/cli/test/detent.ts';
import { type CheckOptions, check, type Findings } from './check/check.ts';
import { openWatcher, type Topology } from './topology.ts';

/** What `detent state verify --json` prints, as far as it is read here. */
interface Verified {
  ok: boolean;
  complete: boolean;
  missing: number;
  doubled: number;
  services: Record<string, { expected: number; skipped: string[] }>;
  findings: { kind: string; service: string; topic?: string; what: string }[];
}

/**
 * Two opinions: `detent state verify`, which repeats what the services say that they did, and an undisturbed run over
 * the same source records, which knows nothing of that. Of a changelog that was swept nothing can be repeated. Both by connections of their own; the services have stopped.
 */
export async function judge(
  topology: Topology,
  options: Partial<CheckOptions> & { inspect(runtime: Runtime): Promise<string[]> },
): Promise<Findings & { notes: string[] }> {
  const swept = topology.options.changelogMib !== undefined;
  const runtime = await openWatcher(topology.options);
  try {
    const verifying = verify(topology);
    verifying.catch(() => {});
    const further = await options.inspect(runtime);
    const findings = await check(runtime, topology.services, options);
    const verified = await verifying;
    const skipped = Object.entries(verified.services).flatMap(([name, { skipped }]) =>
      skipped.map((reason) => `verify skipped ${name}: ${reason}`),
    );
    const repeated = Object.values(verified.services).reduce((sum, { expected }) => sum + expected, 0);
    return {
      ...findings,
      ok: findings.ok && further.length === 0 && verified.ok && (repeated > 0 || swept),
      missing: findings.missing + verified.missing,
      doubled: findings.doubled + verified.doubled,
      examples: [
        ...findings.examples,
        ...further,
        ...verified.findings.slice(0, 5).map(({ kind, service, what }) => `verify, ${service}: ${kind}: ${what}`),
      ],
      notes: [
        `verify repeated ${repeated} outputs`,
        ...(findings.otherwise === undefined ? [] : [`${findings.otherwise} changes came otherwise than without it`]),
        ...new Set(skipped),
      ],
    };
  } finally {
    await runtime.close();
  }
}

async function verify({ services, environment }: Topology): Promise<Verified> {
  const { stdout, stderr } = await detent(['state', 'verify', '--json', '--service', ...services], environment);
  try {
    return JSON.parse(stdout) as Verified;
  } catch {
    throw new Error(`detent state verify failed: ${stderr.slice(-2000)}`);
  }
}
