import { type CommonOptions, configOf, endProgress, print, progress, withRuntime } from '../context.ts';
import { redrive } from '../dlq/redrive.ts';
import { refuseUnknown } from '../dlq/refuse-unknown.ts';
import { UsageError } from '../errors.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

export interface DlqRedriveOptions extends CommonOptions {
  code?: string;
  topic?: string;
  service?: string;
  from?: string;
  to?: string;
  id?: string;
  all?: boolean;
  dryRun?: boolean;
  again?: boolean;
  replay?: boolean;
}

/** `detent dlq redrive`: puts dead letters back to their topics, each once however often the command is given. */
export async function dlqRedrive(options: DlqRedriveOptions): Promise<void> {
  const { code, topic, service, id, all, dryRun = false, again = false } = options;
  const from = instant('--from', options.from);
  const to = instant('--to', options.to);
  const selection = {
    ...(code !== undefined && { code }),
    ...(topic !== undefined && { topic }),
    ...(service !== undefined && { service }),
    ...(id !== undefined && { id }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  if (!all && Object.keys(selection).length === 0)
    throw new UsageError('say which: --code, --topic, --service, --from, --to or --id; or --all');
  const base = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const config = options.replay ? { ...base, topicPrefix: replayPrefix(base) } : base;
  await withRuntime(config, dryRun ? 'beside' : 'alone', async (runtime) => {
    const onProgress = (n: number) => progress(`  ${n.toLocaleString('en-GB')} dead letters put back`);
    const result = await redrive(runtime, { selection, dryRun, again, onProgress });
    endProgress();
    const { redriven, already, cameBack, homeless } = result;
    if (redriven + already + cameBack + homeless === 0) await refuseUnknown(runtime, selection);
    print(options, { ...result, dryRun }, () =>
      [
        `${result.redriven} dead letters ${dryRun ? 'would be' : 'were'} put back`,
        ...Object.entries(result.byTopic).map(([name, count]) => `${String(count).padStart(7)}  ${name}`),
        ...(result.already > 0 ? [`${result.already} had been put back before`] : []),
        ...(result.cameBack > 0
          ? [`${result.cameBack} had come back after that: mend their cause, then add --again`]
          : []),
        ...(result.homeless > 0 ? [`${result.homeless} have no topic to go back to`] : []),
      ].join('\n'),
    );
  });
}

function instant(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new UsageError(`${option} ${text} is no instant: write it as 2026-03-02T08:00:00Z`);
  return at;
}
