/** Tests run as native ES modules: the same type stripping as production, no other transform. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './scripts/jest-strip-types.mjs' },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.detent/'],
  modulePathIgnorePatterns: ['/\\.detent/'],
  testTimeout: 20_000,
};
