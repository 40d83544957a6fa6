import { readFileSync } from 'node:fs';
import { didYouMean } from '@detent/core';
import { actionDomains } from '@detent/schemas';
import * as z from 'zod';
import { ConfigError } from '../config/config.ts';

/** Types of the actions that services publish; what undoes one is none, and would be waited for in vain. */
const actionTypes: readonly string[] = [
  ...['enqueue', 'release-batch', 'drop-from-batch', 'report-short', 'pack', 'unpackable'],
  ...['move', 'putaway', 'sell-first'],
  ...['assign-carrier', 'consolidate', 'divert'],
  ...['withdraw', 'escalate'],
];
const LEAST_SECRET = 16;
type Environment = Readonly<Record<string, string | undefined>>;

/** The file, with the secrets that it names: all its faults are found in one go. */
const schemaIn = (environment: Environment) =>
  z.strictObject({
    endpoints: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z0-9-]+$/, 'may hold small letters, digits and dashes'),
          url: z.string().regex(/^https?:\/\/\S+$/, 'must start with http:// or https://'),
          secretEnv: z.string().refine((name) => (environment[name] ?? '').length >= LEAST_SECRET, {
            error: ({ input }) =>
              `the environment variable ${String(input)} must hold a secret of ${LEAST_SECRET} characters or more`,
          }),
          services: z.array(z.enum(actionDomains)).min(1).optional(),
          types: z
            .array(
              z.string().refine((type) => actionTypes.includes(type), {
                error: ({ input }) => {
                  const type = String(input);
                  return `no action is of type "${type}"${didYouMean(type, actionTypes)}: there are ${actionTypes.join(', ')}`;
                },
              }),
            )
            .min(1)
            .optional(),
          dryRun: z.boolean().default(false),
          timeoutMs: z.number().int().min(100).max(60_000).default(10_000),
          giveUpAfterMs: z
            .number()
            .int()
            .min(0)
            .default(15 * 60_000),
        }),
      )
      .min(1)
      .superRefine((endpoints, context) => {
        const names = endpoints.map(({ name }) => name);
        for (const name of new Set(names.filter((each, i) => names.indexOf(each) !== i)))
          context.addIssue({ code: 'custom', message: `there are two endpoints ${name}` });
      }),
  });

/** Who is told of actions, and which. */
export interface Endpoint {
  name: string;
  url: string;
  secret: string;
  /** Undefined: all. */
  services: readonly string[] | undefined;
  types: readonly string[] | undefined;
  /** Also those that are only rehearsed. */
  dryRun: boolean;
  /** An answer must come so soon, ms. */
  timeoutMs: number;
  /** After so long without success, from the first try, an action goes to the dead letters, ms. */
  giveUpAfterMs: number;
}

/**
 * Reads the endpoints from a JSON file, and their secrets from the environment variables that it names. Throws
 * `ConfigError` with every fault at once; a secret itself is never told.
 */
export function readEndpoints(file: string, environment: Environment): Endpoint[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${file} (DETENT_WEBHOOKS) cannot be read as JSON: ${(error as Error).message}`]);
  }
  const parsed = schemaIn(environment).safeParse(json);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`));
  return parsed.data.endpoints.map(({ secretEnv, services, types, ...rest }) => {
    return { ...rest, services, types, secret: environment[secretEnv]! };
  });
}
