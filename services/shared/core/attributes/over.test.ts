import { describe, expect, it } from '@jest/globals';
import type { Value } from '../engine/types.ts';
import { loadModel } from '../model/load.ts';
import { compileOver } from './over.ts';

const NAMES = ['fragility', 'kind'];

/** The value over targets given as quantity, fragility and kind. */
function over(
  definition: string,
  ...targets: [quantity: number, fragility: Value | null | undefined, kind?: Value | null][]
): number {
  const model = loadModel(
    `model: test
version: 1
entities:
  sku: { attributes: { fragility: { latest: fragility }, kind: { latest: category } } }
  order:
    links: { lines: { type: sku, values: { quantity: number } } }
    attributes: { a: { over: lines, ${definition} }, b: { over: lines, count: sku.fragility > 0 && sku.kind != "" } }`,
    'test.yaml',
  );
  const { links, attributes } = model.entities.get('order')!;
  const { fold } = attributes.get('a')!;
  if (fold.kind !== 'over') throw new Error('not an over');
  const link = links.get('lines')!;
  expect(link.reads).toEqual(NAMES);
  return compileOver(
    fold,
    link,
    model.entities.get('sku')!.attributes,
  )(
    targets.map(([quantity, fragility, kind]) => ({
      entityId: 'x',
      refVersion: 1,
      targetSequence: 0,
      values: [quantity],
      refs: [fragility, kind],
      gains: [],
    })),
  );
}

describe('over', () => {
  const fragile = 'where: sku.fragility >= 0.6';
  it('aggregates what links carry and targets answer', () => {
    expect(over(`sum: line.quantity, ${fragile}`, [2, 0.9], [5, 0.1], [1, 0.6])).toBe(3);
    expect(over(`count: true, ${fragile}`, [2, 0.9], [5, 0.1], [1, 0.6])).toBe(2);
    expect(over('max: sku.fragility * line.quantity', [2, 0.5], [5, 0.1])).toBe(1);
    expect(over('min: link.quantity', [2, 0], [5, 0])).toBe(2);
    expect(over('mean: line.quantity', [2, 0], [5, 0])).toBe(3.5);
    expect(over('any: sku.kind == "glass"', [1, 0, 'glass'], [1, 0, 'wood'])).toBe(1);
    expect(over('all: sku.kind == "glass"', [1, 0, 'glass'], [1, 0, 'wood'])).toBe(0);
  });

  it('says so when it is empty', () => {
    expect(over('sum: line.quantity')).toBe(0);
    expect(over('max: line.quantity')).toBeNaN();
    expect(over('mean: line.quantity')).toBeNaN();
    expect(over('any: line.quantity > 0')).toBe(0);
    expect(over('all: line.quantity > 0')).toBe(1);
    expect(over(`max: line.quantity, ${fragile}`, [2, 0.1])).toBeNaN();
  });

  it.each([[undefined], [null]])('is missing while a target that matters is %s', (unknown) => {
    expect(over(`sum: line.quantity, ${fragile}`, [2, 0.9], [5, unknown])).toBeNaN();
    expect(over('max: sku.fragility, where: line.quantity > 3', [2, unknown], [5, 0.4])).toBe(0.4);
    expect(over('any: sku.fragility > 0.5', [2, 0.9], [5, unknown])).toBe(1);
    expect(over('any: sku.fragility > 0.5', [2, 0.1], [5, unknown])).toBeNaN();
    expect(over('all: sku.fragility > 0.5', [2, 0.1], [5, unknown])).toBe(0);
    expect(over('all: sku.fragility > 0.5', [2, 0.9], [5, unknown])).toBeNaN();
  });
});
