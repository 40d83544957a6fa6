import { didYouMean } from '@detent/core';
import { UsageError } from '../errors.ts';

/** Services that command actions. */
export const decisionServices = ['picking', 'storage', 'routing'] as const;

/** The services named, or all. Throws `UsageError` with what there is. */
export function decisionServicesOf(name: string | undefined): readonly string[] {
  if (name === undefined || name === 'all') return decisionServices;
  if ((decisionServices as readonly string[]).includes(name)) return [name];
  throw new UsageError(
    `no service "${name}" commands actions${didYouMean(name, decisionServices)}: give one of ${decisionServices.join(', ')}, or all`,
  );
}
