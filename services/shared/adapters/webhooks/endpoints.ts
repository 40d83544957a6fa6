import { readFileSync } from 'node:fs';
import { actionDomains } from '@detent/schemas';
import * as z from 'zod';
import { ConfigError } from '../config/config.ts';

const schema = z.strictObject({
  endpoints: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]+$/, 'may hold small letters, digits and dashes'),
        url: z.string().regex(/^https?:\/\/\S+$/, 'must start with http:// or https://'),
        secretEnv: z.string().min(1),
        services: z.array(z.enum(actionDomains)).min(1).optional(),
        types: z.array(z.string()).min(1).optional(),
        dryRun: z.boolean().default(false),
        timeoutMs: z.number().int().min(100).max(60_000).default(10_000),
        giveUpAfterMs: z
          .number()
          .int()
          .min(0)
          .default(15 * 60_000),
      }),
    )
    .min(1),
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

const LEAST_SECRET = 16;

/**
 * Reads the endpoints from a JSON file, and their secrets from the environment variables that it names. Throws
 * `ConfigError` with every fault at once; a secret itself is never told.
 */
export function readEndpoints(file: string, environment: Readonly<Record<string, string | undefined>>): Endpoint[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${file} (DETENT_WEBHOOKS) cannot be read as JSON: ${(error as Error).message}`]);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`));
  const faults: string[] = [];
  const names = new Set<string>();
  const endpoints = parsed.data.endpoints.map(({ secretEnv, services, types, ...rest }): Endpoint => {
    const secret = environment[secretEnv] ?? '';
    if (secret.length < LEAST_SECRET)
      faults.push(`${secretEnv} must hold the secret of ${rest.name}, of ${LEAST_SECRET} characters or more`);
    if (names.has(rest.name)) faults.push(`${file}: there are two endpoints ${rest.name}`);
    names.add(rest.name);
    return { ...rest, services, types, secret };
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return endpoints;
}
