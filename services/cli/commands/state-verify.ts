import { allServices, replayServices } from '../composition.ts';
import { type CommonOptions, configOf, endProgress, print, progress, withRuntime } from '../context.ts';
import { exitCode, UsageError } from '../errors.ts';
import { replayPrefix } from '../run/replay-prefix.ts';
import { verifyChanges } from '../verify/changes.ts';
import { type Finding, Findings } from '../verify/findings.ts';
import { renderReport } from '../verify/render.ts';
import { type ServiceReport, verifyService } from '../verify/verify-service.ts';

/** What `detent state verify` found. */
export interface VerifyReport {
  /** Nothing is wrong, as far as could be seen. */
  ok: boolean;
  /** Everything could be seen: nothing was skipped. */
  complete: boolean;
  services: Record<string, ServiceReport>;
  missing: number;
  doubled: number;
  /** The first of each service. */
  findings: Finding[];
  seconds: number;
}

const SHOWN = 20;

/** `detent state verify`: recomputes from the inputs what must have been published, and compares. */
export async function stateVerify(
  options: CommonOptions & { service?: readonly string[]; replay?: boolean },
): Promise<void> {
  const base = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const config = options.replay ? { ...base, topicPrefix: replayPrefix(base) } : base;
  const all = options.replay ? replayServices(config) : allServices(config);
  for (const name of options.service ?? []) {
    if (!all.some((each) => each.name === name))
      throw new UsageError(`there is no service "${name}": give one of ${all.map((each) => each.name).join(', ')}`);
  }
  const wanted = all.filter(({ name }) => options.service?.includes(name) ?? true);
  const started = Date.now();
  await withRuntime(config, false, async (runtime) => {
    const services: Record<string, ServiceReport> = {};
    const found: Findings[] = [];
    for (const definition of wanted) {
      const findings = new Findings(definition.name);
      found.push(findings);
      if (definition.name === 'segmenter') await verifyChanges(runtime, findings);
      services[definition.name] = await verifyService(runtime, definition, findings, (batches) =>
        progress(`  ${definition.name}: ${batches.toLocaleString('en-GB')} batches repeated`),
      );
    }
    endProgress();
    const report: VerifyReport = {
      ok: found.every(({ total }) => total === 0),
      complete: found.every(({ skipped }) => skipped.length === 0),
      services,
      missing: found.reduce((sum, { counts }) => sum + counts.missing, 0),
      doubled: found.reduce((sum, { counts }) => sum + counts.doubled, 0),
      findings: found.flatMap(({ shown }) => shown).slice(0, SHOWN),
      seconds: (Date.now() - started) / 1000,
    };
    if (!report.ok) process.exitCode = exitCode.findings;
    else if (!report.complete) process.exitCode = exitCode.partial;
    print(options, report, () => renderReport(report));
  });
}
