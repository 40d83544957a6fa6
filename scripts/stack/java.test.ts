import { describe, expect, it } from '@jest/globals';
import { majorVersion } from './java.ts';

describe('the version that java prints', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "25" 2025-09-16 LTS', 25],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "21-ea" 2023-09-19', 21],
    ['command not found', undefined],
  ])('%s', (output, major) => expect(majorVersion(output)).toBe(major));
});
