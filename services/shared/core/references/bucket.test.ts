import { describe, expect, it } from '@jest/globals';
import { BUCKETS, Bucket, bucketOf } from './bucket.ts';

const target = { entityType: 'sku', entityId: 'vase' };
const referenced = (
  id: string,
  refVersion: number,
  of: { end?: boolean; relation?: string; attributes?: string[] } = {},
) => ({
  target,
  referrer: { entityType: 'order', entityId: id },
  relation: 'lines',
  refVersion,
  attributes: ['fragility'],
  end: false,
  occurredAt: 0,
  ...of,
});
const versions = (bucket: Bucket, attribute = 'fragility') =>
  bucket
    .answers(target, [{ attribute, value: 1 }], 5, 9)
    .map(({ referrer, refVersion }) => `${referrer.entityId}/${refVersion}`);

describe('a bucket of referrers', () => {
  it('answers those that read the attribute, under the version that they gave', () => {
    const bucket = Bucket.empty();
    bucket.apply(referenced('o1', 1));
    bucket.apply(referenced('o2', 4, { attributes: ['weightG'] }));
    expect(bucket.answers(target, [{ attribute: 'fragility', value: null }], 5, 9)).toEqual([
      {
        referrer: { entityType: 'order', entityId: 'o1' },
        target,
        attribute: 'fragility',
        refVersion: 1,
        targetSequence: 5,
        value: null,
        occurredAt: 9,
      },
    ]);
  });

  it('answers one referrer after the other, each with all that it reads', () => {
    const bucket = Bucket.empty();
    for (const id of ['o1', 'o2']) bucket.apply(referenced(id, 1, { attributes: ['fragility', 'weightG'] }));
    const valued = ['fragility', 'colour', 'weightG'].map((attribute) => ({ attribute, value: 1 }));
    const answers = bucket
      .answers(target, valued, 5, 9)
      .map(({ referrer, attribute }) => [referrer.entityId, attribute]);
    expect(answers).toEqual([
      ['o1', 'fragility'],
      ['o1', 'weightG'],
      ['o2', 'fragility'],
      ['o2', 'weightG'],
    ]);
  });

  it('keeps two relations of one referrer apart, and lets an old end not undo a new link', () => {
    const bucket = Bucket.empty();
    bucket.apply(referenced('o1', 1));
    bucket.apply(referenced('o1', 2, { relation: 'gifts' }));
    bucket.apply(referenced('o1', 3));
    bucket.apply(referenced('o1', 1, { end: true }));
    expect(versions(bucket)).toEqual(['o1/3', 'o1/2']);
    bucket.apply(referenced('o1', 3, { end: true }));
    bucket.apply(referenced('o1', 2, { end: true, relation: 'gifts' }));
    expect(bucket.isEmpty).toBe(true);
  });

  it('is the same after text and back', () => {
    const bucket = Bucket.empty();
    for (let i = 0; i < 50; i++) bucket.apply(referenced(`o"${i}\n`, i));
    const again = Bucket.decode(bucket.encode());
    expect(again.encode()).toBe(bucket.encode());
    expect(versions(again)).toEqual(versions(bucket));
  });

  it('is one of sixteen that fill evenly', () => {
    const sizes = new Array<number>(BUCKETS).fill(0);
    for (let i = 0; i < 16_000; i++) sizes[bucketOf(`order-${i}`)]!++;
    expect(Math.min(...sizes)).toBeGreaterThan(700);
    expect(Math.max(...sizes)).toBeLessThan(1300);
  });
});
