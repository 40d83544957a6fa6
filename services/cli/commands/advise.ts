import { readModelFile } from '@detent/adapters';
import {
  type Advice,
  advise as adviseOn,
  type DimensionAdvice,
  loadModel,
  type Observation,
  type Trial,
} from '@detent/core';
import { changedLines } from '../advise/changed-lines.ts';
import { type CommonOptions, configOf, endProgress, print, progress } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readHistory } from '../history/observations.ts';

export interface AdviseOptions extends CommonOptions {
  /** The history. */
  events: string;
  /** Only this dimension: `sku.velocity`. */
  dimension?: string;
  /** Every trial, not only the best. */
  all?: boolean;
}

/** `detent advise <model> --events …`: the settings of hysteresis that would have cost least on a history. */
export async function advise(name: string, options: AdviseOptions): Promise<void> {
  const { file, text } = readModelFile(name);
  const model = loadModel(text, file);
  const known = [...model.entities].flatMap(([type, { dimensions }]) =>
    dimensions.map((each) => `${type}.${each.name}`),
  );
  if (options.dimension !== undefined && !known.includes(options.dimension))
    throw new UsageError(`the model has no dimension ${options.dimension}; it has ${known.join(', ')}`);
  const history: Observation[] = [];
  for await (const observation of readHistory(options.events, configOf(options, { DETENT_LOG_LEVEL: 'error' })))
    history.push(observation);
  if (history.length === 0) throw new UsageError(`${options.events} holds no observations`);
  const advice = adviseOn(model, history, (done, of) => progress(`  ${done} of ${of} settings tried`));
  endProgress();
  const dimensions = advice.dimensions
    .filter(({ dimension }) => options.dimension === undefined || dimension === options.dimension)
    .map((each) => ({
      ...each,
      lines: each.verdict === 'change' ? changedLines(text, file, each.dimension, each.best!.yaml) : [],
    }));
  const result = { model: model.name, version: model.version, ...advice, dimensions };
  print(options, result, () => render(result, options.all ?? false));
}

interface Result extends Advice {
  readonly model: string;
  readonly version: number;
  readonly dimensions: readonly (DimensionAdvice & { readonly lines: readonly string[] })[];
}

function render(
  { model, version, observations, from, checkFrom, to, dimensions, stated }: Result,
  all: boolean,
): string {
  const judged = dimensions.filter(({ verdict }) => verdict === 'change' || verdict === 'keep');
  const few = dimensions.filter(({ verdict }) => verdict === 'too-little');
  return [
    `${model} version ${version}: ${observations.toLocaleString('en-GB')} observations; chosen on ${day(from)} to ${day(checkFrom)}, judged on ${day(checkFrom)} to ${day(to)}`,
    'J: hours where the plain conditions do not point, plus the switch cost of every move; what follows is of the part for judging',
    ...judged.flatMap((each) => ['', ...renderDimension(each, all)]),
    ...(few.length > 0
      ? [
          '',
          `too little to say: ${few.map(({ dimension, flips }) => `${dimension} (${flips.fit} and ${flips.check} flips)`).join(', ')}`,
        ]
      : []),
    ...(stated.length > 0 ? ['', `facts that are meant to follow at once (no switchCost): ${stated.join(', ')}`] : []),
  ].join('\n');
}

function renderDimension(
  { dimension, switchCost, hindsight, trials, verdict, best, saving, lines, flips }: Result['dimensions'][number],
  all: boolean,
): string[] {
  const today = trials[0]!;
  const { hours, error, share } = saving!;
  const shown = all ? trials : [today, ...(best === today ? [] : [best!])];
  const saved = `saves ${hours.toFixed(1)} h (${(100 * share).toFixed(0)} %), give or take ${error.toFixed(1)} h`;
  const verdictLine =
    verdict === 'change'
      ? `  ${best!.name} ${saved}. Change:`
      : best === today
        ? '  keep: nothing that was tried costs less on the part for choosing'
        : `  keep: ${best!.name} costs least on the part for choosing, but ${saved} on that for judging, which may be chance`;
  return [
    `${dimension}: ${flips.check} flips of the plain conditions, a move costs ${Number(switchCost.toPrecision(3))} h; hindsight J ${hindsight.check.j.toFixed(1)} h with ${hindsight.check.moves} moves`,
    ...shown.map(renderTrial),
    verdictLine,
    ...lines.map((line) => `    ${line}`),
  ];
}

function renderTrial({ name, check }: Trial): string {
  return `  ${name.padEnd(30)} J ${check.j.toFixed(1).padStart(10)} h: ${check.wrong.toFixed(1)} h elsewhere, ${check.moves} moves`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
