import { isSeq, type Node } from 'yaml';
import { didYouMean } from '../model/problems.ts';
import { readCommands } from '../model/read-commands.ts';
import type { EntityModel } from '../model/types.ts';
import type { ExampleReader } from './read-examples.ts';
import type { Expectation, ExpectedChange } from './types.ts';

const FIELDS = ['at', 'in', 'playbook', 'do', 'changes', 'unchanged', 'between'];
/** How an analyst writes "in no segment". */
const NONE = 'none';

/** One entry of `then`; undefined when it has problems, which are noted. */
export function readThen(reader: ExampleReader, item: Node): Expectation | undefined {
  const named = reader.named(item, 'an expectation', FIELDS);
  if (named === undefined) return undefined;
  const { fields, entity, model } = named;
  const of = { entity, line: reader.lineOf(item) };
  const { raw } = reader;
  if (fields.has('changes')) {
    const changes = raw
      .items(fields.get('changes')?.node, 'changes')
      .flatMap((each) => readChange(reader, model, each) ?? []);
    return { ...of, kind: 'changes', changes };
  }
  if (fields.has('unchanged')) {
    const node = fields.get('unchanged')?.node;
    const names = isSeq(node) ? raw.items(node, 'unchanged').map((each) => raw.text(each, 'a dimension') ?? '') : [];
    if (!isSeq(node)) raw.problem(node ?? item, 'unchanged must be a list of dimensions');
    for (const name of names) checkDimension(reader, model, name, node);
    const [from, to] = raw.items(fields.get('between')?.node ?? item, 'between: [first instant, last instant]');
    const [first, last] = [reader.instant(from, 'between'), reader.instant(to, 'between')];
    if (first === undefined || last === undefined) return undefined;
    return { ...of, kind: 'unchanged', dimensions: names, from: first, to: last };
  }
  if (!fields.has('in') && !fields.has('playbook') && !fields.has('do'))
    return raw.problem(item, 'an expectation says in, playbook or do (with at), changes, or unchanged (with between)');
  const at = reader.instant(fields.get('at')?.node ?? item, 'at');
  const segments = new Map<string, string | null>();
  for (const { key, node } of raw.entries(fields.get('in')?.node, 'in')) {
    if (!checkDimension(reader, model, key, node)) continue;
    const segment = raw.text(node, `the segment of ${key}`);
    if (segment !== undefined) segments.set(key, segmentOf(reader, model, key, segment, node));
  }
  const commands = new Map(Object.entries(readCommands(raw, fields.get('do')?.node, 'do')));
  const playbook = fields.has('playbook') ? raw.text(fields.get('playbook')?.node, 'playbook') : undefined;
  if (at === undefined) return undefined;
  return { ...of, kind: 'stands', at, in: segments, playbook, do: commands };
}

function readChange(reader: ExampleReader, model: EntityModel, node: Node): ExpectedChange | undefined {
  const { raw } = reader;
  const fields = raw.fields(node, 'a change', ['dimension', 'from', 'to', 'at', 'because', 'origin']);
  const text = (name: string) => (fields.has(name) ? raw.text(fields.get(name)?.node, name) : undefined);
  const dimension = raw.text(fields.get('dimension')?.node ?? node, 'dimension');
  const to = raw.text(fields.get('to')?.node ?? node, 'to (the segment, or none)');
  if (dimension === undefined || to === undefined) return undefined;
  if (!checkDimension(reader, model, dimension, fields.get('dimension')?.node)) return undefined;
  const from = text('from');
  return {
    dimension,
    from: from === undefined ? undefined : segmentOf(reader, model, dimension, from, fields.get('from')?.node),
    to: segmentOf(reader, model, dimension, to, fields.get('to')?.node),
    at: fields.has('at') ? reader.instant(fields.get('at')?.node, 'at') : undefined,
    because: text('because'),
    origin: text('origin'),
  };
}

function checkDimension(reader: ExampleReader, model: EntityModel, name: string, node: Node | undefined): boolean {
  const names = model.dimensions.map((dimension) => dimension.name);
  if (names.includes(name)) return true;
  reader.raw.problem(node, `${model.type} has no dimension ${name}${didYouMean(name, names)}`);
  return false;
}

function segmentOf(
  reader: ExampleReader,
  model: EntityModel,
  dimension: string,
  segment: string,
  node: Node | undefined,
): string | null {
  const names = model.dimensions.find(({ name }) => name === dimension)!.segments.map(({ name }) => name);
  if (names.includes(segment)) return segment;
  if (segment === NONE) return null;
  reader.raw.problem(node, `${dimension} has no segment ${segment}${didYouMean(segment, [...names, NONE])}`);
  return null;
}
