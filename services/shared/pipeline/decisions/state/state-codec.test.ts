import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { DecisionStateError, decodeDecisionState, encodeDecisionState } from './state-codec.ts';
import { words } from './words.ts';

const roundTrip = (state: object) => decodeDecisionState(encodeDecisionState(state));
const asJson = (state: object): unknown => JSON.parse(JSON.stringify(state));

/** Any value that a state may hold. */
function anything(random: () => number, depth: number): unknown {
  const whole = (below: number) => Math.floor(random() * below);
  const texts = [
    '',
    'a',
    'é',
    '✓ done',
    'order',
    'orderId',
    'o-0001',
    'x'.repeat(63),
    'x'.repeat(64),
    '日本'.repeat(40),
  ];
  const numbers = [0, -0, 31, 32, 127, 128, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, -1, -1e12, 0.1, 1772431201199.5];
  const odd = [Number.NaN, Number.NEGATIVE_INFINITY, null, undefined, true, false];
  const pick = <T>(of: readonly T[]) => of[whole(of.length)]!;
  const kind = whole(depth > 0 ? 6 : 4);
  if (kind === 0) return pick(texts);
  if (kind === 1) return pick(numbers);
  if (kind === 2) return pick(odd);
  if (kind === 3) return whole(2 ** 45);
  if (kind === 4) return Array.from({ length: whole(5) }, () => anything(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: whole(8) }, () => [pick(texts) || pick(words), anything(random, depth - 1)]),
  );
}

describe('the bytes of a state', () => {
  it('give back what JSON would, and the same state the same bytes', () => {
    const random = seeded(7);
    for (let i = 0; i < 2000; i += 1) {
      const state = { dueAt: null, value: anything(random, 4) };
      expect(roundTrip(state)).toEqual(asJson(state));
      expect(JSON.stringify(roundTrip(state))).toBe(JSON.stringify(state));
      expect(encodeDecisionState(state)).toEqual(encodeDecisionState(roundTrip(state)));
    }
  });

  it('hold texts and lists of any length', () => {
    for (const length of [63, 64, 1000, 70_000, 300_000]) {
      expect(roundTrip({ value: 'é'.repeat(length) })).toEqual({ value: 'é'.repeat(length) });
      expect(roundTrip({ value: Array(length).fill(length) })).toEqual({ value: Array(length).fill(length) });
    }
  });

  it('mention what came before, however many texts there are', () => {
    const ids = Array.from({ length: 200 }, (_, i) => `order-${i % 90}`);
    expect(roundTrip({ ids, again: [...ids].reverse() })).toEqual({ ids, again: [...ids].reverse() });
  });

  it('stay readable: a state of this version, and one of before it', () => {
    const standings = { care: { segment: 'regular', sequence: 1 } };
    const state = { dueAt: 1772431501199, value: { orderId: 'o-1', standings, refused: { 'o-1': 'too late' } } };
    const stored =
      '010780048fcf99e9ca338107b3436f2d3182074463617265078447726567756c6172862108080b0907436f2d3148746f6f206c617465080808';
    expect(encodeDecisionState(state).toString('hex')).toBe(stored);
    expect(decodeDecisionState(Buffer.from(stored, 'hex'))).toEqual(state);
    expect(decodeDecisionState(Buffer.from(JSON.stringify(state)))).toEqual(state);
  });

  it('take the place of each word once, or the later place would never be written', () => {
    expect(new Set(words).size).toBe(words.length);
  });

  it('are refused where they are of a newer version or cut short', () => {
    const bytes = encodeDecisionState({ dueAt: 17, value: { orderId: 'o-1234', lines: [{ skuId: 'sku-1' }] } });
    expect(() => decodeDecisionState(Buffer.from([2, 0]))).toThrow(/newer release/);
    for (let end = 1; end < bytes.length; end += 1)
      expect(() => decodeDecisionState(bytes.subarray(0, end))).toThrow(DecisionStateError);
  });
});
