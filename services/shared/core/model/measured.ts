import { collectNames } from '../conditions/ast.ts';
import type { EntityModel, SegmentModel } from './types.ts';

/** Whether a segment's conditions read anything that is measured. */
export function isMeasured(entity: EntityModel, { when, stay }: SegmentModel): boolean {
  return [when, stay].some(
    (condition) =>
      condition !== undefined &&
      [...collectNames(condition.ast, new Set())].some((name) => entity.attributes.get(name)?.signal === 'measured'),
  );
}
