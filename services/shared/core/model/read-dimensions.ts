import type { ASTNode } from '@marcbachmann/cel-js';
import { isMap } from 'yaml';
import { collectNames } from '../conditions/ast.ts';
import { createParser } from '../conditions/parse.ts';
import { readExpression, refuseMoving } from './read-expression.ts';
import { DEFAULT_COST, type ExpressionContext, readDirected, readSwitchCost } from './read-switch-cost.ts';
import type { Entry, Reader } from './reader.ts';
import type {
  AttributeModel,
  DimensionModel,
  Directed,
  Expression,
  FlapBudget,
  HysteresisSettings,
  SegmentModel,
} from './types.ts';

type Confirm = NonNullable<HysteresisSettings['confirm']>;

const SEGMENT_FIELDS = ['doc', 'when', 'stay', 'bypass', 'sop', 'hysteresis', 'allow'];
/** What counts the moves of an entity, whichever segments they lead to. */
const BUDGET = ['flapBudget', 'quarantine'];
const KNOBS = [
  'switchCost',
  'patience',
  'enterAfter',
  'leaveAfter',
  'evidence',
  'confirm',
  'cooldown',
  'bypassConfirm',
];
/** Membership masks are 32-bit integers. */
const MOST_DIMENSIONS = 30;

/** Reads the dimensions of an entity type over its attributes; `known` names also those that have problems. */
export function readDimensions(
  reader: Reader,
  entry: Entry | undefined,
  attributes: ReadonlyMap<string, AttributeModel>,
  known: readonly string[],
): DimensionModel[] {
  const parse = createParser(
    new Map(known.map((name) => [name, attributes.get(name)?.type ?? 'unknown'])),
    reader.calendars,
  );
  const entries = reader.entries(entry?.node, 'dimensions');
  if (entries.length > MOST_DIMENSIONS)
    reader.problem(entry?.node, `an entity type has at most ${MOST_DIMENSIONS} dimensions`);
  return entries.map((dimension) => {
    const what = `dimension ${dimension.key}`;
    const fields = reader.fields(dimension.node, what, ['doc', 'hysteresis', 'segments', 'allow']);
    const expressions = { reader, parse, known, attributes };
    const settings = readHysteresis(expressions, fields.get('hysteresis'));
    const flapBudget = readBudget(reader, fields.get('hysteresis'));
    const entries = reader.entries(fields.get('segments')?.node, `segments of ${what}`);
    if (entries.length === 0) reader.problems.add(dimension.at, `${what} needs segments`);
    const context = { ...expressions, settings };
    const segments = entries.map((segment, i) => readSegment(context, segment, i === entries.length - 1));
    findUnreachable(reader, entries, segments);
    const doc = fields.get('doc');
    return { name: dimension.key, doc: doc && reader.text(doc.node, 'doc'), segments, flapBudget };
  });
}

interface Context extends ExpressionContext {
  readonly settings: HysteresisSettings;
}

function readSegment(context: Context, entry: Entry, isLast: boolean): SegmentModel {
  const { reader } = context;
  const fields = reader.fields(entry.node, `segment ${entry.key}`, SEGMENT_FIELDS);
  const when = condition(context, entry.key, fields.get('when'), 'when');
  if (isLast && fields.has('when'))
    reader.problems.add(
      fields.get('when')!.at,
      `${entry.key} is the last segment, hence the default: it takes no when`,
    );
  if (!isLast && !fields.has('when'))
    reader.problems.add(entry.at, `segment ${entry.key} needs a when; only the last segment, the default, has none`);
  for (const name of ['stay', 'bypass']) {
    if (isLast && fields.has(name)) reader.problems.add(fields.get(name)!.at, `the default segment takes no ${name}`);
  }
  const text = (name: string) => (fields.has(name) ? reader.text(fields.get(name)?.node, name) : undefined);
  return {
    name: entry.key,
    when,
    stay: condition(context, entry.key, fields.get('stay'), 'stay'),
    bypass: condition(context, entry.key, fields.get('bypass'), 'bypass'),
    hysteresis: {
      ...context.settings,
      ...readHysteresis(context, withoutBudget(reader, fields.get('hysteresis')), context.settings),
    },
    sop: text('sop'),
    doc: text('doc'),
  };
}

function condition(context: Context, segment: string, entry: Entry | undefined, name: string): Expression | undefined {
  if (entry === undefined) return undefined;
  const { reader, parse, known } = context;
  const read = readExpression(reader, entry.node, `${name} of ${segment}`, parse, known, 'boolean');
  if (read === undefined) return undefined;
  if (refuseMoving(reader, entry.node, `${name} of ${segment}`, read.expression, context.attributes)) return undefined;
  if (collectNames(read.expression.ast, new Set()).size === 0)
    return reader.problem(entry.node, `${name} of ${segment} reads no attribute: it is always the same`);
  return read.expression;
}

/** `outer`: of the dimension, for a segment that says one direction only. */
function readHysteresis(
  context: ExpressionContext,
  entry: Entry | undefined,
  outer: HysteresisSettings = {},
): HysteresisSettings {
  const { reader } = context;
  const fields = reader.fields(entry?.node, 'hysteresis', [...KNOBS, ...BUDGET]);
  const read = <T>(name: string, how: (entry: Entry) => T | undefined): T | undefined => {
    const field = fields.get(name);
    return field && how(field);
  };
  const directed = <T>(name: string, whole: Directed<T>, how: (entry: Entry) => T | undefined) =>
    read(name, (field) => readDirected(reader, field, whole, how));
  const duration = (name: string, zero: boolean) => read(name, ({ node }) => reader.duration(node, name, zero));
  const confirms = directed<Confirm | null>(
    'confirm',
    { enter: outer.confirm ?? null, leave: outer.leaveConfirm ?? null },
    ({ key, node }) => reader.confirm(node, key),
  );
  // Written once it is for coming in alone.
  const isDirected = isMap(fields.get('confirm')?.node);
  const settings = {
    switchCost: directed('switchCost', outer.switchCost ?? { enter: DEFAULT_COST, leave: DEFAULT_COST }, (field) =>
      readSwitchCost(context, field),
    ),
    patience: directed('patience', outer.patience ?? { enter: 1, leave: 1 }, ({ key, node }) =>
      reader.number(node, key, (n) => n > 0),
    ),
    enterAfterMs: duration('enterAfter', true),
    leaveAfterMs: duration('leaveAfter', true),
    evidence: read('evidence', ({ node }) => reader.boolean(node, 'evidence')),
    confirm: confirms?.enter ?? undefined,
    leaveConfirm: isDirected ? (confirms?.leave ?? undefined) : undefined,
    cooldownMs: duration('cooldown', true),
    bypassConfirm: read('bypassConfirm', ({ node }) => reader.confirm(node, 'bypassConfirm')),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function readBudget(reader: Reader, entry: Entry | undefined): FlapBudget | undefined {
  const field = (name: string) => reader.entries(entry?.node, 'hysteresis').find(({ key }) => key === name);
  const [budget, quarantine] = [field('flapBudget'), field('quarantine')];
  if (budget === undefined) {
    if (quarantine !== undefined)
      reader.problems.add(quarantine.at, 'quarantine is for who has used up the flapBudget: set that too');
    return undefined;
  }
  const read = reader.budget(budget.node, 'flapBudget');
  const quarantineMs = quarantine === undefined ? 0 : reader.duration(quarantine.node, 'quarantine', true);
  return read && { ...read, quarantineMs: quarantineMs ?? 0 };
}

/** A segment's own hysteresis, with a problem where it names what is the dimension's. */
function withoutBudget(reader: Reader, entry: Entry | undefined): Entry | undefined {
  for (const { key, at } of reader.entries(entry?.node, 'hysteresis')) {
    if (BUDGET.includes(key))
      reader.problems.add(at, `${key} counts the moves of the entity: set it for the dimension, not for a segment`);
  }
  return entry;
}

/** `x >= 3` after `x >= 2` can never be reached: whatever fulfils it is taken by the first. */
function findUnreachable(reader: Reader, entries: readonly Entry[], segments: readonly SegmentModel[]): void {
  for (let later = 1; later < segments.length; later++) {
    const when = segments[later]!.when;
    if (when === undefined) continue;
    const taker = segments.slice(0, later).find((earlier) => earlier.when !== undefined && implies(when, earlier.when));
    if (taker === undefined) continue;
    const { key, at } = entries[later]!;
    reader.problems.add(
      at,
      `segment ${key} cannot be reached: ${taker.name}, which comes first, holds whenever it does`,
    );
  }
}

function implies(narrow: Expression, wide: Expression): boolean {
  if (narrow.text.replaceAll(' ', '') === wide.text.replaceAll(' ', '')) return true;
  const a = bound(narrow.ast);
  const b = bound(wide.ast);
  if (a === undefined || b === undefined || a.name !== b.name || a.up !== b.up) return false;
  if (a.value === b.value) return b.closed || !a.closed;
  return a.value > b.value === a.up;
}

/** `x >= 3` as a half-line; undefined for anything else. */
function bound(node: ASTNode): { name: string; up: boolean; closed: boolean; value: number } | undefined {
  if (node.op !== '>' && node.op !== '>=' && node.op !== '<' && node.op !== '<=') return undefined;
  const [left, right] = node.args;
  if (left.op !== 'id' || right.op !== 'value' || typeof right.args !== 'number') return undefined;
  return { name: left.args, up: node.op.startsWith('>'), closed: node.op.endsWith('='), value: right.args };
}
