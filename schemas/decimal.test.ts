import { describe, expect, it } from '@jest/globals';
import { bytesToDecimal, decimalToBytes } from './decimal.ts';

const hex = (value: number, scale?: number) => Buffer.from(decimalToBytes(value, scale)).toString('hex');

describe('decimals', () => {
  it.each([
    [0, '00'],
    [0.0127, '7f'],
    [0.0128, '0080'],
    [-0.0128, '80'],
    [-0.0129, 'ff7f'],
    [-0.0001, 'ff'],
    [1.5, '3a98'],
    [123_456_789.0123, '011f71fb04cb'],
  ])('writes %d in the fewest bytes of two’s complement', (value, expected) => {
    expect(hex(value)).toBe(expected);
  });

  it('reads back what it wrote, over all sizes and both signs', () => {
    for (let exponent = 0; exponent < 53; exponent += 1) {
      for (const unscaled of [2 ** exponent - 1, 2 ** exponent, -(2 ** exponent), -(2 ** exponent) - 1]) {
        if (!Number.isSafeInteger(unscaled)) continue;
        expect(bytesToDecimal(decimalToBytes(unscaled, 0), 0)).toBe(unscaled);
      }
    }
  });

  it('reads what other producers pad with sign bytes, and no bytes as 0', () => {
    expect(bytesToDecimal(Buffer.from('0000000000003a98', 'hex'))).toBe(1.5);
    expect(bytesToDecimal(Buffer.from('ffffffffffffffff', 'hex'))).toBe(-0.0001);
    expect(bytesToDecimal(Buffer.alloc(0))).toBe(0);
  });

  it('rounds to the scale', () => {
    expect(bytesToDecimal(decimalToBytes(1.005, 2), 2)).toBe(1);
    expect(bytesToDecimal(decimalToBytes(0.1 + 0.2))).toBe(0.3);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e12])('refuses %d', (value) => {
    expect(() => decimalToBytes(value)).toThrow(expect.objectContaining({ code: 'DETENT_SCHEMAS_DECIMAL' }));
  });
});
