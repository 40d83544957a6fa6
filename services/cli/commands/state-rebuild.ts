import type { RebuildProgress } from '@detent/adapters';
import { serviceByName } from '../composition.ts';
import { type CommonOptions, configOf, endProgress, print, progress, withRuntime } from '../context.ts';

const MB = 1_000_000;

/** `detent state rebuild`: drops a service's copy in Redis and builds it anew from the changelog. */
export async function stateRebuild(options: CommonOptions & { service: string; task?: number }): Promise<void> {
  const { service, task } = options;
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  serviceByName(service, config);
  await withRuntime(config, 'beside', async ({ rebuildStates }) => {
    if (rebuildStates === undefined) {
      const reason = 'on the embedded profile states are no copy of anything: they and the records share one file';
      print(options, { service, tasks: [], reason }, () => `nothing to rebuild: ${reason}`);
      return;
    }
    const started = Date.now();
    const latest = new Map<number, RebuildProgress>();
    const tasks = await rebuildStates(service, task, (of) => {
      latest.set(of.task, { ...of });
      progress(lineOf(service, [...latest.values()]));
    });
    endProgress();
    const seconds = (Date.now() - started) / 1000;
    print(options, { service, tasks, seconds }, () =>
      [
        ...tasks.map(
          ({ task: at, writes, bytes, ms, byOwner }) =>
            `${service} task ${at}: ${byOwner ? 'rebuilt by the process that owns it' : `${writes.toLocaleString('en-GB')} states written, ${(bytes / MB).toFixed(1)} MB`}, ${(ms / 1000).toFixed(1)} s`,
        ),
        `done in ${seconds.toFixed(1)} s; "detent state verify --service ${service}" compares`,
      ].join('\n'),
    );
  });
}

/** How far the tasks that have begun are, in one line. */
function lineOf(service: string, begun: readonly RebuildProgress[]): string {
  const shares = begun.map(({ task, share }) => `task ${task} ${Math.floor(share * 100)} %`).join(', ');
  const sum = (of: 'writes' | 'bytes') => begun.reduce((total, each) => total + each[of], 0);
  return `  ${service}: ${shares}; ${sum('writes').toLocaleString('en-GB')} states, ${(sum('bytes') / MB).toFixed(1)} MB`;
}
