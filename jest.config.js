/** Jest: swc compiles, tsc only checks types (`npm run check`). ESM-only packages are compiled to CommonJS too. */
module.exports = {
  testEnvironment: 'node',
  // Left to itself jest keeps one core free, which on a machine with two doubles the time.
  maxWorkers: '100%',
  testTimeout: 20_000,
  // Jest runs tests in a vm, where each use of a global costs a look-up; in number-crunching code these two are most of the time.
  sandboxInjectedGlobals: ['Math', 'Infinity'],
  roots: ['<rootDir>/src', '<rootDir>/conformance-tests', '<rootDir>/examples', '<rootDir>/scripts'],
  setupFiles: ['<rootDir>/scripts/jest-setup.js'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.(fuzz|crash|live|mutants)\\.test\\.ts$'],
  transform: {
    '^.+\\.[cm]?[tj]s$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(uuid)/)'],
  cacheDirectory: '<rootDir>/var/jest',
};
