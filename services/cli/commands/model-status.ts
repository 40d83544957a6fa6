import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { readSwitches, seedDifference } from '../models/history.ts';
import { readProgress } from '../models/progress.ts';

/** `detent model status`: what is in force, who put it there, how far each task is with it, and what was before. */
export async function modelStatus(options: CommonOptions): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'error' });
  await withRuntime(config, 'beside', async (runtime) => {
    const switches = await readSwitches(runtime);
    const live = switches.at(-1);
    const seed = loadModelByName(config.model);
    const inForce = live ?? { model: seed.model.name, version: String(seed.model.version), sha256: seed.sha256 };
    const tasks = (await readProgress(runtime)).map(({ sha256, ...progress }) => ({
      ...progress,
      sha256,
      behind: sha256 !== inForce.sha256,
    }));
    const difference = (await seedDifference(runtime)) ?? null;
    const history = switches.map(({ yaml: _, ...rest }) => rest);
    const result = {
      ...{ model: inForce.model, version: inForce.version, sha256: inForce.sha256, promoted: live !== undefined },
      ...{ effectiveAt: live?.effectiveAt ?? null, difference, tasks, history },
    };
    print(options, result, () => render(result));
  });
}

type Status = Awaited<ReturnType<typeof readSwitches>>;

function render(status: {
  model: string;
  version: string;
  promoted: boolean;
  difference: string | null;
  tasks: readonly {
    task: number;
    version: string;
    behind: boolean;
    entities: number;
    left: number;
    changes: number;
    entries: number;
  }[];
  history: readonly Omit<Status[number], 'yaml'>[];
}): string {
  const { model, version, promoted, difference, tasks, history } = status;
  const count = (n: number) => n.toLocaleString('en-GB');
  return [
    `in force: ${model}@${version}${promoted ? '' : ', the file of DETENT_MODEL: nothing was promoted'}`,
    ...(difference === null ? [] : [difference]),
    ...tasks.map(({ task, behind, version: at, entities, left, changes, entries }) =>
      behind
        ? `  task ${task} still works with version ${at}`
        : `  task ${task}: ${count(entities - left)} of ${count(entities)} entities looked at, ${count(changes)} changes, ${count(entries)} entries`,
    ),
    ...history.map(
      (each) =>
        `  ${new Date(each.effectiveAt).toISOString()}  ${each.model}@${each.version}  ${each.by}${each.approver ? `, approved by ${each.approver}` : ''}: ${each.reason}${each.rollbackOf ? ` (instead of version ${each.rollbackOf})` : ''}`,
    ),
  ].join('\n');
}
