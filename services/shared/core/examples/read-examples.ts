import { type Node, parseDocument } from 'yaml';
import type { EntityRef } from '../engine/types.ts';
import { parseDuration } from '../model/duration.ts';
import { didYouMean, ModelError, ProblemList } from '../model/problems.ts';
import { type Entry, Reader } from '../model/reader.ts';
import type { EntityModel, Model } from '../model/types.ts';
import { readGiven } from './read-given.ts';
import { readThen } from './read-then.ts';
import type { Example, Expectation } from './types.ts';

/** A mapping that names one entity by its type (`order: o1`), with its other fields. */
export interface Named {
  readonly entity: EntityRef;
  readonly model: EntityModel;
  readonly fields: ReadonlyMap<string, Entry>;
}

/**
 * Reads the examples that stand beside a model, against that model. `file` is only for messages. Throws `ModelError`
 * with every problem at its line and column: a name that the model does not have is a problem, not a failure.
 */
export function readExamples(text: string, file: string, model: Model): Example[] {
  const problems = new ProblemList(text);
  const document = parseDocument(text, { prettyErrors: false });
  for (const error of document.errors) problems.add(error.pos[0], error.message);
  if (!problems.isEmpty) throw new ModelError(file, text, problems.all);
  const raw = new Reader(problems);
  const root = document.contents as Node | null;
  const fields = raw.fields(root ?? undefined, 'the file', ['model', 'doc', 'start', 'examples']);
  const start = readStart(raw, fields, 0);
  const lineOf = (node: Node) => text.slice(0, raw.at(node)).split('\n').length;
  const items = raw.items(fields.get('examples')?.node, 'examples');
  if (items.length === 0) raw.problem(root ?? undefined, 'the file needs examples: a list with name, given and then');
  const examples = items.map((item) => readExample(raw, model, item, start, lineOf));
  if (!problems.isEmpty) throw new ModelError(file, text, problems.all);
  return examples;
}

/** What reading the parts of one example needs. */
export class ExampleReader {
  readonly raw: Reader;
  readonly model: Model;
  readonly start: number;
  readonly lineOf: (node: Node) => number;
  /** Latest instant named so far, epoch ms. */
  until: number;
  #offset = 0;

  constructor(raw: Reader, model: Model, start: number, lineOf: (node: Node) => number) {
    this.raw = raw;
    this.model = model;
    this.start = start;
    this.until = start;
    this.lineOf = lineOf;
  }

  nextOffset(): number {
    return this.#offset++;
  }

  /** An instant: ISO 8601, or after the start (`+1h30m`, `+0m`). */
  instant(node: Node | undefined, what: string): number | undefined {
    const written = String(this.raw.scalar(node));
    const after = written.startsWith('+') ? parseDuration(written.slice(1)) : undefined;
    const at = after === undefined ? Date.parse(written) : this.start + after;
    if (Number.isNaN(at))
      return this.raw.problem(node, `${what} must be an instant: 2026-03-02T08:00:00Z, or +1h30m after the start`);
    this.until = Math.max(this.until, what === 'at' || what === 'between' ? at : this.until);
    return at;
  }

  /** Reads `order: o1` and the fields beside it. */
  named(node: Node, what: string, allowed: readonly string[]): Named | undefined {
    const types = [...this.model.entities.keys()];
    const keys = this.raw.entries(node, what).map(({ key }) => key);
    const given = keys.filter((key) => types.includes(key));
    const type = given[0];
    if (type === undefined || given.length > 1) {
      const strange = keys.filter((key) => !allowed.includes(key));
      const near = strange.map((key) => didYouMean(key, types)).find((hint) => hint !== '') ?? '';
      return this.raw.problem(node, `${what} names one entity by its type, such as ${types[0]}: id1${near}`);
    }
    const fields = this.raw.fields(node, what, [type, ...allowed]);
    const entityId = this.raw.text(fields.get(type)?.node ?? node, `${type} (its id)`);
    if (entityId === undefined) return undefined;
    return { entity: { entityType: type, entityId }, model: this.model.entities.get(type)!, fields };
  }
}

function readExample(
  raw: Reader,
  model: Model,
  item: Node,
  fileStart: number,
  lineOf: (node: Node) => number,
): Example {
  const fields = raw.fields(item, 'an example', ['name', 'doc', 'start', 'given', 'then']);
  const name = raw.text(fields.get('name')?.node ?? item, 'the name of an example') ?? '';
  const reader = new ExampleReader(raw, model, readStart(raw, fields, fileStart), lineOf);
  const given = raw.items(fields.get('given')?.node, 'given').flatMap((each) => readGiven(reader, each));
  const then = raw.items(fields.get('then')?.node, 'then').map((each) => readThen(reader, each));
  if (then.length === 0) raw.problem(item, `${name} expects nothing: give it a then`);
  const last = Math.max(reader.until, ...given.map(({ observation }) => observation.observedAt));
  return {
    name,
    line: lineOf(item),
    start: reader.start,
    given: given.toSorted((a, b) => a.observation.observedAt - b.observation.observedAt),
    expected: then.filter((each): each is Expectation => each !== undefined),
    until: last,
  };
}

function readStart(raw: Reader, fields: ReadonlyMap<string, Entry>, otherwise: number): number {
  const node = fields.get('start')?.node;
  if (node === undefined) return otherwise;
  const at = Date.parse(String(raw.scalar(node)));
  return Number.isNaN(at) ? (raw.problem(node, 'start must be an instant in ISO 8601') ?? otherwise) : at;
}
