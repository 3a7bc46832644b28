/**
 * The doors of the house (docs/ARCHITECTURE.md). Each room lists the rooms it may import; `npm run check` fails on anything else.
 * A door may name one file of a room, such as `store/api`, when only its port is open.
 */
const doors = {
  base: [],
  model: ['base'],
  grid: ['base'],
  forecast: ['base'],
  codec: ['base', 'model'],
  tls: ['base'],
  store: ['base', 'model'],
  engines: ['base', 'grid'],
  services: ['base', 'model', 'store/api', 'engines'],
  functions: ['base', 'model', 'store/api', 'services'],
  protocol: ['base', 'model', 'codec', 'tls', 'functions'],
  console: ['base', 'model', 'functions', 'services'],
  client: ['base', 'model', 'codec', 'tls'],
  sim: ['base', 'grid', 'model', 'codec', 'tls', 'client'],
  server: [
    'base',
    'model',
    'grid',
    'forecast',
    'codec',
    'tls',
    'store',
    'engines',
    'services',
    'functions',
    'protocol',
    'console',
  ],
};
/** Packages that belong to one room only. */
const fences = {
  'better-sqlite3': 'src/store/sqlite/',
  pg: 'src/store/postgres/',
  express: 'src/console/',
  // The conformance suite reads with it what our codec wrote: a fault of both halves of the codec cannot hide there.
  // So does a test of the pages that we draw.
  'fast-xml-parser': '((src/codec|conformance-tests/rules)/|src/cli/.*\\.test\\.ts$)',
  'node-forge': 'src/tls/',
  highs: 'src/engines/',
  uuid: 'src/base/',
  pino: 'src/base/',
  'prom-client': 'src/base/',
  commander: 'src/cli/',
  zod: 'src/console/',
};
const tests = '\\.(test|fuzz|crash|live)\\.ts$|/testing/';
const places = rooms => rooms.map(room => `^src/${room}(/|\\.ts$)`).join('|') || '^$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(doors).map(([room, open]) => ({
      name: `doors-of-${room}`,
      comment: `${room} may import only: ${open.join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: tests },
      to: { path: '^(src|conformance-tests)/', pathNot: `^src/${room}/|${places(open)}` },
    })),
    {
      name: 'conformance-tests-cannot-peek',
      severity: 'error',
      from: { path: '^conformance-tests/', pathNot: `${tests}|^conformance-tests/mutants/` },
      to: { path: '^src/', pathNot: places(['base', 'model', 'codec', 'client', 'tls']) },
    },
    {
      name: 'mutants-only-for-their-test',
      comment: 'mutants/ builds our server to spoil it; the suite itself must not see it',
      severity: 'error',
      from: { pathNot: '^conformance-tests/mutants/' },
      to: { path: '^conformance-tests/mutants/' },
    },
    ...Object.entries(fences).map(([name, home]) => ({
      name: `fence-of-${name}`,
      severity: 'error',
      from: { pathNot: `^${home}` },
      to: { path: `node_modules/(@types/)?${name}/` },
    })),
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '\\.test\\.ts$|node_modules/(fast-check|jest|xmllint-wasm)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|var)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
