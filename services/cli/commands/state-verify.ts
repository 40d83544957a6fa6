import { allServices, replayServices } from '../composition.ts';
import { type CommonOptions, configOf, endProgress, print, progress, withRuntime } from '../context.ts';
import { exitCode, UsageError } from '../errors.ts';
import { replayPrefix } from '../run/replay-prefix.ts';
import { renderReport } from '../verify/render.ts';
import { verify } from '../verify/verify.ts';

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
  await withRuntime(config, 'beside', async (runtime) => {
    const report = await verify(runtime, wanted, (service, batches) =>
      progress(`  ${service}: ${batches.toLocaleString('en-GB')} batches repeated`),
    );
    endProgress();
    if (!report.ok) process.exitCode = exitCode.findings;
    else if (!report.complete) process.exitCode = exitCode.partial;
    print(options, report, () => renderReport(report));
  });
}
