import type { ASTNode } from '@marcbachmann/cel-js';
import { collectNames } from '../conditions/ast.ts';
import { createParser, type ParseOutcome } from '../conditions/parse.ts';
import { readExpression } from './read-expression.ts';
import type { Entry, Reader } from './reader.ts';
import type { AttributeModel, DimensionModel, Expression, HysteresisSettings, SegmentModel } from './types.ts';

const SEGMENT_FIELDS = ['doc', 'when', 'stay', 'bypass', 'sop', 'hysteresis', 'allow'];
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
  const parse = createParser(new Map(known.map((name) => [name, attributes.get(name)?.type ?? 'unknown'])));
  const entries = reader.entries(entry?.node, 'dimensions');
  if (entries.length > MOST_DIMENSIONS)
    reader.problem(entry?.node, `an entity type has at most ${MOST_DIMENSIONS} dimensions`);
  return entries.map((dimension) => {
    const what = `dimension ${dimension.key}`;
    const fields = reader.fields(dimension.node, what, ['doc', 'hysteresis', 'segments', 'allow']);
    const settings = readHysteresis(reader, fields.get('hysteresis'));
    const entries = reader.entries(fields.get('segments')?.node, `segments of ${what}`);
    if (entries.length === 0) reader.problems.add(dimension.at, `${what} needs segments`);
    const context = { reader, parse, known, settings };
    const segments = entries.map((segment, i) => readSegment(context, segment, i === entries.length - 1));
    findUnreachable(reader, entries, segments);
    const doc = fields.get('doc');
    return { name: dimension.key, doc: doc && reader.text(doc.node, 'doc'), segments };
  });
}

interface Context {
  readonly reader: Reader;
  readonly parse: (text: string) => ParseOutcome;
  readonly known: readonly string[];
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
    hysteresis: { ...context.settings, ...readHysteresis(reader, fields.get('hysteresis')) },
    sop: text('sop'),
    doc: text('doc'),
  };
}

function condition(context: Context, segment: string, entry: Entry | undefined, name: string): Expression | undefined {
  if (entry === undefined) return undefined;
  const { reader, parse, known } = context;
  const read = readExpression(reader, entry.node, `${name} of ${segment}`, parse, known, 'boolean');
  if (read === undefined) return undefined;
  if (collectNames(read.expression.ast, new Set()).size === 0)
    return reader.problem(entry.node, `${name} of ${segment} reads no attribute: it is always the same`);
  return read.expression;
}

function readHysteresis(reader: Reader, entry: Entry | undefined): HysteresisSettings {
  const fields = reader.fields(entry?.node, 'hysteresis', KNOBS);
  const read = <T>(name: string, how: (entry: Entry) => T | undefined): T | undefined => {
    const field = fields.get(name);
    return field && how(field);
  };
  const duration = (name: string, zero: boolean) => read(name, ({ node }) => reader.duration(node, name, zero));
  const settings = {
    switchCostMs: duration('switchCost', false),
    patience: read('patience', ({ node }) => reader.number(node, 'patience', (n) => n > 0)),
    enterAfterMs: duration('enterAfter', true),
    leaveAfterMs: duration('leaveAfter', true),
    evidence: read('evidence', ({ node }) => reader.boolean(node, 'evidence')),
    confirm: read('confirm', ({ node }) => reader.confirm(node, 'confirm')),
    cooldownMs: duration('cooldown', true),
    bypassConfirm: read('bypassConfirm', ({ node }) => reader.confirm(node, 'bypassConfirm')),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
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
