import { readModelFile } from '@detent/adapters';
import {
  checkPopulation,
  compileModel,
  type Finding,
  lintModel,
  loadModel,
  type Model,
  ModelError,
  Population,
  ratesOf,
  underlined,
} from '@detent/core';
import { type CommonOptions, configOf, endProgress, print, progress } from '../context.ts';
import { exitCode } from '../errors.ts';
import { readObservations } from '../events/read-observations.ts';
import { pagesBeside } from '../models/pages.ts';

export interface ModelCheckOptions extends CommonOptions {
  /** Also show what is allowed. */
  all?: boolean;
  /** A data directory, or a file of observations: look also at what became of the segments. */
  events?: string;
  /** Fewer members than these are not worth a procedure of their own. */
  minMembers: number;
}

/**
 * `detent model check [model]`: loads a model, naming every problem at once where it does not load (with `--json` as
 * data: `problems`), and then looks for what it hardly means. A model that does not load makes the exit code 2, errors and
 * warnings that are not allowed make it 3.
 */
export async function modelCheck(name: string | undefined, options: ModelCheckOptions): Promise<void> {
  const { file, text } = readModelFile(name ?? configOf(options).model);
  const model = options.json ? loadOrTell(text, file, options) : loadModel(text, file);
  if (model === undefined) return;
  const population = options.events === undefined ? undefined : await populate(model, options.events, options);
  const findings = lintModel(model, text, {
    hasPage: pagesBeside(file),
    ...(population && { fromEvents: checkPopulation(model, population, options.minMembers) }),
  });
  const entities = [...model.entities.values()].map((entity) => ({
    type: entity.type,
    attributes: entity.attributes.size,
    dimensions: entity.dimensions.map((dimension) => ({
      name: dimension.name,
      segments: dimension.segments.map((segment) => segment.name),
    })),
  }));
  const open = findings.filter(({ severity, allowed }) => severity !== 'info' && allowed === null);
  if (open.length > 0) process.exitCode = exitCode.findings;
  const ok = open.length === 0;
  const { version, playbooks } = model;
  const events = population && tell(population);
  const loaded = { file, model: model.name, version, ok, problems: [] };
  const result = { ...loaded, entities, playbooks: playbooks.length, findings, events };
  print(options, result, () =>
    [
      `${model.name} version ${version}: ${summary(findings)}`,
      ...entities.flatMap(({ type, dimensions }) =>
        dimensions.map((dimension) => `  ${`${type}.${dimension.name}`.padEnd(24)} ${dimension.segments.join(' > ')}`),
      ),
      `  ${playbooks.length} playbooks`,
      ...(events ? renderEvents(events) : []),
      ...findings
        .filter(({ allowed }) => options.all || allowed === null)
        .map((finding) => render(file, text, finding)),
    ].join('\n'),
  );
}

/** The model; undefined, with its problems printed as data, where it does not load. */
function loadOrTell(text: string, file: string, options: CommonOptions): Model | undefined {
  try {
    return loadModel(text, file);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const problems = error.problems.map((problem) => ({ code: 'model-problem', severity: 'error', file, ...problem }));
    const result = { file, model: null, version: null, ok: false, problems, entities: [], playbooks: 0, findings: [] };
    print(options, result, () => error.message);
    process.exitCode = exitCode.usage;
    return undefined;
  }
}

async function populate(model: Model, path: string, options: CommonOptions): Promise<Population> {
  const population = new Population(compileModel(model));
  for await (const observation of readObservations(path, configOf(options))) {
    population.observe(observation);
    if (population.observations % 1000 === 0)
      progress(`  ${population.observations.toLocaleString('en-GB')} observations`);
  }
  endProgress();
  population.finish();
  return population;
}

/** What the events showed, by dimension. */
function tell({ types, observations, refused, first, last }: Population) {
  const dimensions = [...types].flatMap(([type, tally]) =>
    [...tally.dimensions]
      .filter(([, { placed }]) => placed > 0)
      .map(([name, of]) => ({
        dimension: `${type}.${name}`,
        entities: tally.ids.size,
        moves: of.moves,
        held: of.held,
        ...ratesOf(of),
        members: Object.fromEntries([...of.segments].map(([segment, { members }]) => [segment, members.size])),
      })),
  );
  return { observations, refused, first, last, dimensions };
}

function renderEvents({ observations, refused, first, last, dimensions }: ReturnType<typeof tell>): string[] {
  const day = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : 'never');
  return [
    `${observations.toLocaleString('en-GB')} observations of ${day(first)} to ${day(last)}${refused > 0 ? `, ${refused} late or mismatched` : ''}: members ever, moves per entity and day, flips held`,
    ...dimensions.map(({ dimension, members, movesPerEntityDay, heldShare }) => {
      const sizes = Object.entries(members).map(([segment, n]) => `${segment} ${n}`);
      return `  ${dimension.padEnd(24)} ${sizes.join(', ')}; ${Number(movesPerEntityDay.toPrecision(2))} a day, ${Math.round(heldShare * 100)} % held`;
    }),
  ];
}

function summary(findings: readonly Finding[]): string {
  const open = findings.filter(({ allowed }) => allowed === null);
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const n = open.filter((each) => each.severity === severity).length;
    const word = severity === 'info' ? (n === 1 ? 'note' : 'notes') : n === 1 ? severity : `${severity}s`;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  const allowed = findings.length - open.length;
  const isClean = !open.some(({ severity }) => severity !== 'info');
  return `${[...(isClean ? ['no problems'] : []), ...counts].join(', ')}${allowed > 0 ? ` (${allowed} allowed)` : ''}`;
}

function render(file: string, text: string, of: Finding): string {
  const { code, severity, where, line, column, message, todo, allowed } = of;
  return [
    `${file}:${line}:${column}: ${severity} ${code}: ${where}: ${message}`,
    underlined(text, of),
    allowed === null ? `    ${todo}` : `    allowed: ${allowed}`,
  ].join('\n');
}
