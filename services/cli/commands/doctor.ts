import { type Config, createLogger, openRuntime, type Runtime, readModelFile } from '@detent/adapters';
import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, hasData, print } from '../context.ts';
import { exitCode, UsageError } from '../errors.ts';
import { seedDifference } from '../models/history.ts';

interface Finding {
  check: string;
  ok: boolean;
  detail: string;
}

/** `detent doctor`: is everything there that the configuration asks for? Each finding that fails says what to do. */
export async function doctor(options: CommonOptions): Promise<void> {
  const config = configOf(options);
  const findings: Finding[] = [];
  const check = async (name: string, work: () => Promise<string> | string) => {
    try {
      findings.push({ check: name, ok: true, detail: await work() });
    } catch (error) {
      findings.push({ check: name, ok: false, detail: (error as Error).message });
    }
  };
  await check('model', () => {
    const { model } = loadModelByName(config.model);
    return `${readModelFile(config.model).file}: ${model.name} version ${model.version}, ${model.entities.size} entity types`;
  });
  await check('log', () =>
    withParts(config, async ({ log }) => `${await countTopics(log, config)} topics under ${config.topicPrefix}`),
  );
  await check('in force', () =>
    withParts(config, async (runtime) => {
      const difference = await seedDifference(runtime);
      if (difference !== undefined) throw new UsageError(difference);
      return 'the file of DETENT_MODEL, or what was promoted with the same text';
    }),
  );
  await check('registry', () =>
    withParts(config, async ({ registry }) => `${(await registry.subjects()).length} subjects`),
  );
  await check('states', () =>
    withParts(config, async ({ checkStates }) => {
      await checkStates();
      return 'reachable, and kept as they are given';
    }),
  );
  if (findings.some(({ ok }) => !ok)) process.exitCode = exitCode.findings;
  print(options, { profile: config.profile, findings }, () =>
    findings
      .map(({ check: name, ok, detail }) => `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${detail}`)
      .join('\n'),
  );
}

async function countTopics(log: Runtime['log'], config: Config): Promise<number> {
  return [...(await log.topics()).keys()].filter((topic) => topic.startsWith(config.topicPrefix)).length;
}

async function withParts(config: Config, work: (runtime: Runtime) => Promise<string>): Promise<string> {
  if (!hasData(config)) return `nothing in ${config.dataDir} yet: the first start begins it`;
  const runtime = await openRuntime(config, { logger: createLogger('silent'), write: false });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}
