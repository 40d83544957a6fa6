import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['4h', 14_400_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '5', 'h', '5 m', '5m!', '-5m', '4hh'])('"%s" is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it.each([
    [14_400_000, '4 h'],
    [108_000_000, '1 d 6 h'],
    [90_000, '1 min 30 s'],
    [86_399_999, '24 h'],
    [250, '250 ms'],
  ])('%d ms reads as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
