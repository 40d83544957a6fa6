import type { Runtime } from '@detent/adapters';
import type { ServiceDefinition } from '@detent/pipeline';
import { verifyChanges } from './changes.ts';
import { type Finding, Findings } from './findings.ts';
import { type ServiceReport, verifyService } from './verify-service.ts';

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

/** Checks services one after the other. `onBatch` hears of progress. */
export async function verify(
  runtime: Runtime,
  definitions: readonly ServiceDefinition[],
  onBatch: (service: string, batches: number) => void = () => {},
): Promise<VerifyReport> {
  const started = performance.now();
  const services: Record<string, ServiceReport> = {};
  const found: Findings[] = [];
  for (const definition of definitions) {
    const findings = new Findings(definition.name);
    found.push(findings);
    if (definition.name === 'segmenter') await verifyChanges(runtime, findings);
    services[definition.name] = await verifyService(runtime, definition, findings, (batches) =>
      onBatch(definition.name, batches),
    );
  }
  // A check of nothing must not pass for one that found nothing.
  if (Object.values(services).every(({ tasks }) => tasks === 0))
    for (const each of found) each.skip(`${each.service} has not run under ${runtime.config.topicPrefix}`);
  return {
    ok: found.every(({ total }) => total === 0),
    complete: found.every(({ skipped }) => skipped.length === 0),
    services,
    missing: found.reduce((sum, { counts }) => sum + counts.missing, 0),
    doubled: found.reduce((sum, { counts }) => sum + counts.doubled, 0),
    findings: found.flatMap(({ shown }) => shown).slice(0, SHOWN),
    seconds: (performance.now() - started) / 1000,
  };
}
