import { readModelFile } from '@detent/adapters';
import { type Finding, lintModel, loadModel } from '@detent/core';
import { type CommonOptions, configOf, print } from '../context.ts';
import { exitCode } from '../errors.ts';

export interface ModelCheckOptions extends CommonOptions {
  /** Also show what is allowed. */
  all?: boolean;
}

/**
 * `detent model check [model]`: loads a model, naming every problem at once where it does not load, and then looks for
 * what it hardly means. Errors and warnings that are not allowed make the exit code 3.
 */
export function modelCheck(name: string | undefined, options: ModelCheckOptions): void {
  const { file, text } = readModelFile(name ?? configOf(options).model);
  const model = loadModel(text, file);
  const findings = lintModel(model, text);
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
  const result = { model: model.name, version, ok, entities, playbooks: playbooks.length, findings };
  print(options, result, () =>
    [
      `${model.name} version ${version}: ${summary(findings)}`,
      ...entities.flatMap(({ type, dimensions }) =>
        dimensions.map((dimension) => `  ${`${type}.${dimension.name}`.padEnd(24)} ${dimension.segments.join(' > ')}`),
      ),
      `  ${playbooks.length} playbooks`,
      ...findings.filter(({ allowed }) => options.all || allowed === null).map((finding) => render(file, finding)),
    ].join('\n'),
  );
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

function render(file: string, { code, severity, where, line, column, message, todo, allowed }: Finding): string {
  const reason = allowed === null ? `    ${todo}` : `    allowed: ${allowed}`;
  return `${file}:${line}:${column}: ${severity} ${code}: ${where}: ${message}\n${reason}`;
}
