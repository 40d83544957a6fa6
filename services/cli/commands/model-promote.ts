import type { ModelSwitched } from '@detent/schemas';
import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readSwitches, standing } from '../models/history.ts';
import { promote } from '../models/promote.ts';
import { readRegister, SEED_AUTHOR } from '../models/register.ts';

export interface PromoteOptions extends CommonOptions {
  by: string;
  reason: string;
  approver?: string;
  entriesPerMinute: number;
  /** ISO 8601; default: now, as the services have it. */
  effectiveAt?: string;
}

/** `detent model promote <file>`: puts a model in force, from one point of event time on, in every service. */
export async function modelPromote(file: string, options: PromoteOptions): Promise<void> {
  const config = switchConfig(options);
  const loaded = loadModelByName(file);
  const seed = loadModelByName(config.model);
  await withRuntime(config, 'beside', async (runtime) => {
    const switched = await promote(runtime, {
      yaml: loaded.text,
      file,
      sha256: loaded.sha256,
      ...said(options),
      rollbackOf: null,
      seed: { yaml: seed.text, sha256: seed.sha256 },
    });
    tell(options, switched);
  });
}

/** `detent model rollback`: puts an earlier version back in force, on the same path. */
export async function modelRollback(options: PromoteOptions & { to?: string }): Promise<void> {
  const config = switchConfig(options);
  const seed = loadModelByName(config.model);
  await withRuntime(config, 'beside', async (runtime) => {
    const stack = standing(await readSwitches(runtime));
    const live = stack.at(-1);
    if (live === undefined) throw new UsageError('nothing was promoted, so there is nothing to take back');
    const register = await readRegister(runtime);
    const wanted = options.to;
    const target =
      wanted !== undefined
        ? register.find(({ model, version }) => version === wanted || `${model}@${version}` === wanted)
        : (stack.at(-2) ?? register.find(({ author, sha256 }) => author === SEED_AUTHOR && sha256 !== live.sha256));
    if (target === undefined) {
      const known = register.map(({ model, version }) => `${model}@${version}`).join(', ');
      throw new UsageError(
        wanted === undefined
          ? `there is no version before ${live.model}@${live.version}`
          : `there is no version ${wanted}: give one of ${known}`,
      );
    }
    const switched = await promote(runtime, {
      yaml: target.yaml,
      file: `${target.model}@${target.version}`,
      sha256: target.sha256,
      ...said(options),
      rollbackOf: live.version,
      seed: { yaml: seed.text, sha256: seed.sha256 },
    });
    tell(options, switched);
  });
}

/** Time is what `up` takes it to be: the records' own on the embedded profile, else the clock's. */
function switchConfig(options: CommonOptions) {
  const defaults = { DETENT_LOG_LEVEL: 'error' };
  const { profile } = configOf(options, defaults);
  return configOf(options, { ...defaults, ...(profile === 'embedded' && { DETENT_TIME: 'stream' }) });
}

function said({ by, reason, approver, entriesPerMinute, effectiveAt }: PromoteOptions) {
  if (by.trim() === '' || reason.trim() === '') throw new UsageError('--by and --reason must say something');
  if (entriesPerMinute < 1)
    throw new UsageError('--entries-per-minute must be at least 1, or the sweep would never end');
  const at = effectiveAt === undefined ? undefined : Date.parse(effectiveAt);
  if (Number.isNaN(at)) throw new UsageError(`--effective-at takes an ISO 8601 instant, not "${effectiveAt}"`);
  return { by, reason, approver: approver ?? null, entriesPerMinute, effectiveAt: at };
}

function tell(options: CommonOptions, { yaml: _, ...switched }: ModelSwitched): void {
  const { model, version, effectiveAt, rollbackOf, entriesPerMinute } = switched;
  print(options, switched, () =>
    [
      `${model}@${version} is in force from ${new Date(effectiveAt).toISOString()}${rollbackOf ? `, instead of version ${rollbackOf}` : ''}`,
      `entities that nothing touches follow, with at most ${entriesPerMinute} entries a minute; "detent model status" says how far they are`,
    ].join('\n'),
  );
}
