import { describe, expect, it } from '@jest/globals';
import { rangeFault } from './range.ts';

const frozen = { minC: -25, maxC: -15 };

describe('what stands against keeping goods somewhere', () => {
  it.each([
    ['nothing where it stays within', { minC: -24, maxC: -16 }, undefined],
    ['nothing at the bounds themselves', frozen, undefined],
    ['too warm', { minC: 5, maxC: 30 }, { reason: 'may get warmer than the -15 °C that the goods need', value: 30 }],
    [
      'too cold',
      { minC: -40, maxC: -18 },
      { reason: 'may get colder than the -25 °C that the goods need', value: -40 },
    ],
    [
      'both: the bound missed by more',
      { minC: -60, maxC: -10 },
      { reason: expect.stringContaining('colder'), value: -60 },
    ],
    [
      'both: the bound missed by more',
      { minC: -30, maxC: 30 },
      { reason: expect.stringContaining('warmer'), value: 30 },
    ],
    [
      'a bound that is known, before one that is not',
      { maxC: 25 },
      { reason: expect.stringContaining('warmer'), value: 25 },
    ],
    ['nothing known', {}, { reason: 'its temperatures are not known, and the goods need -25 to -15 °C' }],
    ['the upper not known', { minC: -20 }, { reason: expect.stringContaining('how warm it may get is not known') }],
    ['the lower not known', { maxC: -18 }, { reason: expect.stringContaining('how cold it may get is not known') }],
  ])('%s', (_what, kept, fault) => {
    expect(rangeFault(frozen, kept)).toEqual(fault);
  });

  it('heeds only the bounds that the goods have', () => {
    expect(rangeFault({ maxC: 7 }, { minC: -25, maxC: -15 })).toBeUndefined();
    expect(rangeFault({ minC: 2 }, { minC: 5, maxC: 30 })).toBeUndefined();
    expect(rangeFault({ maxC: 7 }, {})?.reason).toBe(
      'its temperatures are not known, and the goods need 7 °C or below',
    );
    expect(rangeFault({ minC: 2 }, { maxC: 30 })?.reason).toContain('2 °C or above');
  });
});
