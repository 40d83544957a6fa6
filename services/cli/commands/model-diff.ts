import {
  type ChangedKnob,
  type ChangedPlaybook,
  changedKnobs,
  changedPlaybooks,
  compare,
  type HandledOtherwise,
  type Model,
  type Observation,
  type PlaybookEffect,
  previewSwitch,
  type SegmentChange,
  tally,
} from '@detent/core';
import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print } from '../context.ts';
import { readHistory } from '../history/observations.ts';
import { renderOtherwise, renderPlaybooks } from '../report/render-otherwise.ts';

export interface DiffOptions extends CommonOptions {
  /** A history: what a promotion would cause at its end is then worked out. */
  events?: string;
  /** Moves to show. */
  show: number;
}

/** A change that a promotion would cause. */
interface Move {
  entityType: string;
  entityId: string;
  dimension: string;
  from: string | null;
  to: string | null;
  origin: string;
  because: string;
}

interface Effect {
  at: number;
  moves: Move[];
  /** By `entityType.dimension from → to`. */
  counts: Record<string, number>;
  /** Moves that each changed knob causes alone; null where it cannot be looked at alone. */
  alone: Record<string, number | null>;
  /** Who stays where it stands at the end, but gets another playbook, page or command from then on. */
  otherwise: readonly HandledOtherwise[];
  /** Who would have got another one at any time, had the other model been in force all along. */
  otherwiseInHistory: readonly HandledOtherwise[];
}

/** `detent model diff <old> <new>`: what differs, and over a history who would move if it were promoted at its end. */
export async function modelDiff(oldName: string, newName: string, options: DiffOptions): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'error' });
  const before = loadModelByName(oldName).model;
  const after = loadModelByName(newName).model;
  const knobs = changedKnobs(before, after);
  const changed = knobs.map(({ name, before: was, after: is }) => ({ name, before: was, after: is }));
  let differing: readonly (ChangedPlaybook | PlaybookEffect)[] = changedPlaybooks(before, after);
  const playbooks = JSON.stringify(sayable(before)) !== JSON.stringify(sayable(after));
  let effect: Effect | null = null;
  if (options.events !== undefined) {
    const history: Observation[] = [];
    for await (const observation of readHistory(options.events, config)) history.push(observation);
    const compared = compare(before, after, history);
    differing = compared.playbooks;
    effect = effectOf(before, after, knobs, history, compared.otherwise);
  }
  const result = {
    before: nameOf(before),
    after: nameOf(after),
    changed,
    playbooks,
    changedPlaybooks: differing,
    effect,
  };
  print(options, result, () => render(result, options.show));
}

function effectOf(
  before: Model,
  after: Model,
  knobs: readonly ChangedKnob[],
  history: readonly Observation[],
  otherwiseInHistory: readonly HandledOtherwise[],
): Effect {
  const { at, changes, otherwise } = previewSwitch(tally(before, history).rehearsal, after);
  const alone: Effect['alone'] = {};
  for (const knob of knobs.length > 1 ? knobs : []) {
    try {
      alone[knob.name] = previewSwitch(tally(before, history).rehearsal, knob.alone()).changes.length;
    } catch {
      alone[knob.name] = null;
    }
  }
  const counts: Effect['counts'] = {};
  for (const { entityType, dimension, from, to } of changes) {
    const key = `${entityType}.${dimension} ${from ?? 'nowhere'} → ${to ?? 'nowhere'}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return { at, moves: changes.map(moveOf), counts, alone, otherwise, otherwiseInHistory };
}

function moveOf({ entityType, entityId, dimension, from, to, origin, because }: SegmentChange): Move {
  return { entityType, entityId, dimension, from, to, origin, because: because.text };
}

const nameOf = ({ name, version }: Model) => `${name}@${version}`;
const sayable = ({ playbooks }: Model) => playbooks.map((each) => ({ ...each, match: [...each.match] }));

function render(
  {
    before,
    after,
    changed,
    playbooks,
    changedPlaybooks: differing,
    effect,
  }: {
    before: string;
    after: string;
    changed: readonly { name: string; before: string | null; after: string | null }[];
    playbooks: boolean;
    changedPlaybooks: readonly (ChangedPlaybook | PlaybookEffect)[];
    effect: Effect | null;
  },
  show: number,
): string {
  const lines = [
    `${before} → ${after}: ${changed.length === 0 ? 'nothing that decides where anybody stands' : `${changed.length} changed`}`,
  ];
  for (const { name, before: was, after: is } of changed)
    lines.push(`  ${name}`, `    - ${was ?? 'none'}`, `    + ${is ?? 'none'}`);
  lines.push(...renderPlaybooks(differing, show));
  if (playbooks && differing.length === 0) lines.push('playbooks stand in another order');
  if (effect === null) return lines.join('\n');
  const silent = effect.moves.filter(({ origin }) => origin === 'initial').length;
  lines.push(
    `promoted at ${new Date(effect.at).toISOString()}: ${effect.moves.length.toLocaleString('en-GB')} moves${silent > 0 ? `, ${silent.toLocaleString('en-GB')} of them first placements that cause no action` : ''}`,
    ...Object.entries(effect.counts).map(([what, count]) => `  ${String(count).padStart(6)}  ${what}`),
  );
  const alone = Object.entries(effect.alone);
  if (alone.length > 0)
    lines.push(
      'each change alone:',
      ...alone.map(([name, count]) => `  ${(count === null ? '–' : String(count)).padStart(6)}  ${name}`),
    );
  lines.push(...renderOtherwise(effect.otherwiseInHistory, show));
  if (effect.otherwiseInHistory.length > 0)
    lines.push(`  ${effect.otherwise.length.toLocaleString('en-GB')} of all stand so at its end`);
  lines.push(
    ...effect.moves
      .slice(0, show)
      .map(({ entityType, entityId, because }) => `  ${entityType} ${entityId}: ${because}`),
  );
  return lines.join('\n');
}
