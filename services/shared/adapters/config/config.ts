import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

const boolean = z.union([z.boolean(), z.stringbool()]);
const whole = z.coerce.number().int();

/** Every setting: its name in flags and files is the key, in the environment `DETENT_` and the key in capitals. */
const schema = z.object({
  profile: z.enum(['embedded', 'cluster']).default('embedded'),
  dataDir: z.string().min(1).default('.detent/data'),
  model: z.string().min(1).default('fulfilment'),
  actions: z.enum(['off', 'dry-run', 'live']).optional(),
  kafkaBrokers: z
    .string()
    .default('127.0.0.1:9092')
    .transform((list) => list.split(',').map((address) => address.trim()))
    .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port[,host:port…]'))),
  kafkaClient: z.enum(['kafkajs', 'platformatic']).default('platformatic'),
  kafkaSsl: boolean.default(false),
  kafkaSaslMechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  kafkaSaslUsername: z.string().optional(),
  kafkaSaslPassword: z.string().optional(),
  kafkaReplicationFactor: whole.min(1).default(1),
  redisUrl: z
    .string()
    .regex(/^rediss?:\/\//, 'must start with redis:// or rediss://')
    .default('redis://127.0.0.1:6379'),
  redisCluster: z
    .string()
    .regex(
      /^(rediss?:\/\/)?[^\s,]+:\d+(\s*,\s*(rediss?:\/\/)?[^\s,]+:\d+)*$/,
      'must be host:port[,host:port…], with redis:// or rediss:// and credentials before the first where they are needed',
    )
    .optional(),
  registryUrl: z
    .string()
    .regex(/^https?:\/\//, 'must start with http:// or https://')
    .default('http://127.0.0.1:8081/apis/ccompat/v7'),
  httpPort: whole.min(0).max(65535).default(8080),
  httpHost: z.string().default('127.0.0.1'),
  topicPrefix: z
    .string()
    .regex(/^[a-zA-Z0-9._-]*$/, 'may hold letters, digits, dots, dashes and underscores')
    .default('detent.'),
  partitions: whole.min(1).max(1000).optional(),
  fused: boolean.default(false),
  /** File that names the endpoints of webhooks. */
  webhooks: z.string().min(1).optional(),
  time: z.enum(['wall', 'stream']).default('wall'),
  batchRecords: whole.min(1).max(50_000).default(10_000),
  cacheStates: whole.min(100).default(50_000),
  /** A task's changelog is swept when it is larger. */
  changelogMib: z.coerce.number().min(0.1).default(64),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The configuration, whole and valid. */
export type Config = Omit<z.infer<typeof schema>, 'actions' | 'partitions'> & {
  actions: 'off' | 'dry-run' | 'live';
  partitions: number;
};

/** Thrown with every fault of the configuration at once. */
export class ConfigError extends Error {
  readonly code = 'DETENT_CONFIG_INVALID';
  readonly retriable = false;
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `the configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** `kafkaSaslPassword` → `DETENT_KAFKA_SASL_PASSWORD`. */
export function environmentName(key: string): string {
  return `DETENT_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Where each setting may come from, strongest first. Unset values are undefined. */
export interface ConfigSources {
  flags?: Readonly<Record<string, unknown>>;
  environment: Readonly<Record<string, string | undefined>>;
  /** JSON file; missing is a fault only when named. */
  file?: string;
}

/** Flags over environment over file over defaults. Throws `ConfigError` with all faults: unknown `DETENT_` names too. */
export function readConfig({ flags = {}, environment, file }: ConfigSources): Config {
  const faults: string[] = [];
  const origin = new Map<string, string>();
  const raw: Record<string, unknown> = {};
  const keys = Object.keys(schema.shape);
  const byVariable = new Map(keys.map((key) => [environmentName(key), key]));
  for (const [key, value] of Object.entries(file === undefined ? {} : readFile(file, faults))) {
    if (!keys.includes(key)) {
      const meant = byVariable.get(key);
      faults.push(`${file}: unknown setting "${key}"${meant ? `: here it is ${meant}` : nearest(key, keys)}`);
    }
    raw[key] = value;
    origin.set(key, `${file}: ${key}`);
  }
  for (const [variable, value] of Object.entries(environment)) {
    if (
      !variable.startsWith('DETENT_') ||
      variable.startsWith('DETENT_TEST_') ||
      variable === 'DETENT_CONFIG' ||
      variable === 'DETENT_CACHE_DIR'
    )
      continue;
    const key = byVariable.get(variable);
    if (key === undefined) faults.push(`${variable} is not a setting${nearest(variable, [...byVariable.keys()])}`);
    else if (value !== undefined && value !== '') {
      raw[key] = value;
      origin.set(key, variable);
    }
  }
  for (const key of keys) {
    if (flags[key] === undefined) continue;
    raw[key] = flags[key];
    origin.set(key, `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const key = String(issue.path[0] ?? '');
      faults.push(`${origin.get(key) ?? key}: ${issue.message}`);
    }
  } else if (parsed.data.kafkaSaslMechanism && !(parsed.data.kafkaSaslUsername && parsed.data.kafkaSaslPassword)) {
    faults.push('DETENT_KAFKA_SASL_MECHANISM needs DETENT_KAFKA_SASL_USERNAME and DETENT_KAFKA_SASL_PASSWORD');
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  const { profile, actions, partitions } = parsed.data;
  return {
    ...parsed.data,
    actions: actions ?? (profile === 'embedded' ? 'live' : 'dry-run'),
    partitions: partitions ?? (profile === 'embedded' ? 1 : 4),
  };
}

function readFile(file: string, faults: string[]): Record<string, unknown> {
  if (!existsSync(file)) {
    faults.push(`${file} does not exist: check DETENT_CONFIG or --config`);
    return {};
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    faults.push(`${file} is not JSON: ${(error as Error).message}`);
    return {};
  }
}

function nearest(word: string, known: readonly string[]): string {
  const best = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.max(2, word.length / 4) ? `: did you mean ${best.candidate}?` : '';
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
