import { existsSync, readFileSync } from 'node:fs';
import { readModelFile } from '@detent/adapters';
import { compileModel, type ExampleResult, loadModel, readExamples, runExample } from '@detent/core';
import { type CommonOptions, configOf, print } from '../context.ts';
import { exitCode, UsageError } from '../errors.ts';

export interface ModelTestOptions extends CommonOptions {
  /** Examples that do not stand beside the model. */
  file?: string;
}

/** `detent model test [model]`: runs the examples beside a model (`<model>.test.yaml`). Exit code 3 where one fails. */
export function modelTest(name: string | undefined, options: ModelTestOptions): void {
  const { file, text } = readModelFile(name ?? configOf(options).model);
  const model = loadModel(text, file);
  const beside = options.file ?? file.replace(/\.ya?ml$/, '.test.yaml');
  if (!existsSync(beside))
    throw new UsageError(
      `there are no examples at ${beside}: write some (docs/model-language.md, "Examples"), or name them with --file`,
    );
  const engine = compileModel(model);
  const results = readExamples(readFileSync(beside, 'utf8'), beside, model).map((each) => runExample(engine, each));
  const failed = results.filter(({ failures }) => failures.length > 0);
  if (failed.length > 0) process.exitCode = exitCode.findings;
  const result = {
    model: model.name,
    version: model.version,
    file: beside,
    ok: failed.length === 0,
    examples: results,
  };
  print(options, result, () =>
    [
      ...results.map((each) => render(beside, each)),
      `${results.length - failed.length} of ${results.length} examples hold under ${model.name} version ${model.version}`,
    ].join('\n'),
  );
}

function render(file: string, { name, line, failures }: ExampleResult): string {
  if (failures.length === 0) return `  ok      ${name}`;
  return [
    `  FAILED  ${name}`,
    ...failures.flatMap(({ line: at, message, diff }) => [
      `          ${file}:${at || line}: ${message}`,
      ...diff.map((each) => `            ${each}`),
    ]),
  ].join('\n');
}
