import { type Comparison, changedKnobs, compare, type Observation, type Tally, tally } from '@detent/core';
import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print } from '../context.ts';
import { readHistory } from '../history/observations.ts';
import { renderOtherwise, renderPlaybooks } from '../report/render-otherwise.ts';

/** Entities shown of those that are handled otherwise. */
const SHOWN = 5;

export interface BacktestOptions extends CommonOptions {
  /** The history. */
  events: string;
  /** The model to compare with. */
  against?: string;
}

/** Of one knob changed alone: changes of segment, and who stands elsewhere at the end. */
interface Alone {
  transitions: number;
  elsewhere: number;
}

interface BacktestResult {
  observations: number;
  result: Tally;
  against: Tally | null;
  elsewhere: Comparison['elsewhere'];
  /** Who stood in the same segments by both, but would have been handled otherwise there. */
  otherwise: Comparison['otherwise'];
  /** Playbooks that differ, with all who had them. */
  changedPlaybooks: Comparison['playbooks'];
  /** By knob; null where it cannot be looked at alone. */
  alone: Record<string, Alone | null>;
}

/** `detent backtest <model> --events …`: what a model would have come to over a history, alone or against another. */
export async function backtest(name: string, options: BacktestOptions): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'error' });
  const { model } = loadModelByName(name);
  const other = options.against === undefined ? undefined : loadModelByName(options.against).model;
  const history: Observation[] = [];
  for await (const observation of readHistory(options.events, config)) history.push(observation);
  const result: BacktestResult = {
    observations: history.length,
    result: undefined as never,
    against: null,
    elsewhere: [],
    otherwise: [],
    changedPlaybooks: [],
    alone: {},
  };
  if (other === undefined) result.result = tally(model, history).tally;
  else {
    const { before, after, elsewhere, otherwise, playbooks } = compare(other, model, history);
    Object.assign(result, { result: after, against: before, elsewhere, otherwise, changedPlaybooks: playbooks });
    const knobs = changedKnobs(other, model);
    for (const knob of knobs.length > 1 ? knobs : []) {
      try {
        const alone = compare(other, knob.alone(), history);
        result.alone[knob.name] = { transitions: sum(alone.after) - sum(before), elsewhere: alone.elsewhere.length };
      } catch {
        result.alone[knob.name] = null;
      }
    }
  }
  print(options, result, () => render(result));
}

function sum({ dimensions }: Tally): number {
  return Object.values(dimensions).reduce((total, { transitions }) => total + transitions, 0);
}

function render(of: BacktestResult): string {
  const { observations, result, against, elsewhere, otherwise, changedPlaybooks, alone } = of;
  const count = (n: number) => n.toLocaleString('en-GB');
  const perDay = (n: number) => n.toFixed(1);
  const lines = [
    `${result.model}${against ? ` against ${against.model}` : ''}: ${count(observations)} observations, ${result.days.toFixed(1)} days, ${count(result.entities)} entities`,
  ];
  for (const [name, { transitionsPerDay, held, members }] of Object.entries(result.dimensions)) {
    const was = against?.dimensions[name];
    const stand = Object.entries(members).map(([segment, n]) => {
      const before = was?.members[segment];
      return `${segment} ${count(n)}${before !== undefined && before !== n ? ` (${count(before)})` : ''}`;
    });
    lines.push(
      `  ${name.padEnd(24)} ${perDay(transitionsPerDay)} changes a day${was ? ` (${perDay(was.transitionsPerDay)})` : ''}, ${count(held)} held${was ? ` (${count(was.held)})` : ''}: ${stand.join(', ')}`,
    );
  }
  for (const [name, { times, cost }] of Object.entries(result.playbooks)) {
    const was = against?.playbooks[name];
    if (times === 0 && !was?.times) continue;
    lines.push(
      `  ${name.padEnd(24)} ${count(times)} times${was ? ` (${count(was.times)})` : ''}${cost === null ? '' : `, cost ${count(cost)}`}`,
    );
  }
  if (against)
    lines.push(
      `${count(elsewhere.length)} stand elsewhere at the end`,
      ...renderPlaybooks(changedPlaybooks, SHOWN),
      ...renderOtherwise(otherwise, SHOWN),
    );
  for (const [name, each] of Object.entries(alone))
    lines.push(
      `  ${name} alone: ${each === null ? 'cannot be looked at alone' : `${each.transitions >= 0 ? '+' : ''}${count(each.transitions)} changes, ${count(each.elsewhere)} elsewhere`}`,
    );
  return lines.join('\n');
}
