import { recordsOf, schemas, subjectOf } from '@detent/schemas';
import { checkCompatibility } from '@detent/schemas/compatibility';
import { segmentedTypes } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { exitCode } from '../errors.ts';
import { everyTopic } from '../run/every-topic.ts';

/** `detent schemas check`: can today's schemas read what committed earlier versions wrote? */
export function schemasCheck(options: CommonOptions): void {
  const problems = checkCompatibility();
  if (problems.length > 0) process.exitCode = exitCode.findings;
  print(options, { records: Object.keys(schemas).length, problems }, () =>
    problems.length === 0
      ? `${Object.keys(schemas).length} records read everything that their earlier versions wrote`
      : problems
          .map(({ record, version, problem }) => `${record} cannot read version ${version}: ${problem}`)
          .join('\n'),
  );
}

/** `detent schemas register`: puts every schema under its subject into the registry. */
export async function schemasRegister(options: CommonOptions): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  await withRuntime(config, 'create', async ({ registry }) => {
    const registered: Record<string, number> = {};
    for (const name of everyTopic(segmentedTypes(config))) {
      for (const record of recordsOf(name)) {
        const subject = subjectOf(config.topicPrefix + name, record);
        registered[subject] = await registry.register(subject, schemas[record]);
      }
    }
    print(options, { registered }, () =>
      Object.entries(registered)
        .map(([subject, id]) => `${String(id).padStart(4)}  ${subject}`)
        .join('\n'),
    );
  });
}
