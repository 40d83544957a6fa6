import { describe, expect, it } from '@jest/globals';
import { hash64, toBigInt } from './hash.ts';

const hashOf = (text: string): bigint => {
  const hash = { hi: 0, lo: 0 };
  hash64(text, hash);
  return toBigInt(hash.hi, hash.lo);
};

describe('hash64', () => {
  it('stays what it is, for states hold it', () => {
    expect(['', 'e-1', 'ordér'].map((text) => BigInt.asUintN(64, hashOf(text)).toString(16))).toMatchInlineSnapshot(`
[
  "f56680357a7c4443",
  "4b650b118fe6c896",
  "4b6115eff0e88df1",
]
`);
  });

  it.each([
    ['numbered ids', (i: number) => `sim-7-${i}`],
    ['padded ids', (i: number) => String(i).padStart(36, '0')],
    ['ids that differ at their start', (i: number) => `${i}-0000-0000-0000-000000000000`],
  ])('tells %s apart, in either half too', (_what, id) => {
    const [whole, halves] = [new Set<bigint>(), [new Set<number>(), new Set<number>()] as const];
    const hash = { hi: 0, lo: 0 };
    const n = 100_000;
    for (let i = 0; i < n; i += 1) {
      hash64(id(i), hash);
      whole.add(toBigInt(hash.hi, hash.lo));
      halves[0].add(hash.hi);
      halves[1].add(hash.lo);
    }
    expect(whole.size).toBe(n);
    // 32 random bits are expected to collide n²/2³³ ≈ 1.2 times.
    for (const half of halves) expect(n - half.size).toBeLessThan(10);
  });

  it('flips about half of the bits when one bit of the text flips', () => {
    const counts = new Array<number>(64).fill(0);
    const trials = 4000;
    for (let i = 0; i < trials; i += 1) {
      const text = `order-${i}-event`;
      const at = i % text.length;
      const other = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      const difference = BigInt.asUintN(64, hashOf(text) ^ hashOf(other));
      for (let bit = 0; bit < 64; bit += 1) if ((difference >> BigInt(bit)) & 1n) counts[bit]! += 1;
    }
    for (const count of counts) expect(Math.abs(count / trials - 0.5)).toBeLessThan(0.05);
  });
});
