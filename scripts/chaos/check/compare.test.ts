import { describe, expect, it } from '@jest/globals';
import { compare, sequenceFaults } from './compare.ts';

describe('comparing what should be with what is', () => {
  const expected = [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ] as const;

  it('finds nothing where all is well, in whatever order', () => {
    const found = compare('change', expected, [...expected].reverse());
    expect(found).toEqual({ expected: 3, missing: 0, doubled: 0, differing: 0, examples: [] });
  });

  it('tells the missing, the doubled, the uncalled-for and the altered apart, with examples', () => {
    const found = compare('change', expected, [
      ['a', '1'],
      ['a', '1'],
      ['b', 'two'],
      ['z', '9'],
    ]);
    expect(found).toMatchObject({ expected: 3, missing: 1, doubled: 2, differing: 1 });
    expect(found.examples).toEqual([
      'change b should say 2 and says two',
      'change c is missing: 3',
      'change a is there 2 times, and should be once',
      'change z is there 1 times, and should be never',
    ]);
  });
});

describe('sequences', () => {
  const change = (entityId: string, sequence: number, epoch = 'e1') => ({
    ...{ entityType: 'order', dimension: 'urgency' },
    ...{ entityId, epoch, sequence },
  });

  it('begin at one in each life and go on by one', () => {
    expect(sequenceFaults([change('a', 1), change('b', 1), change('a', 2), change('a', 1, 'e2')])).toEqual([]);
  });

  it('tell of gaps, repeats and turns', () => {
    expect(sequenceFaults([change('a', 2)])).toHaveLength(1);
    expect(sequenceFaults([change('a', 1), change('a', 1)])).toHaveLength(1);
    expect(sequenceFaults([change('a', 1), change('a', 3), change('a', 2)])).toHaveLength(2);
  });
});
