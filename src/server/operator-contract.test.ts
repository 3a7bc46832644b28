/**
 * Requests made from the OpenAPI document of the operator API, such as fit it and such as nearly do, sent to a whole server:
 * no answer is 5xx, each has a status the document names, and every answer of a good request has the shape it declares.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { fitting, nearly, type Schema } from '../console/testing/from-schema';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: Schema }[];
  readonly requestBody?: { required: boolean; content: { 'application/json': { schema: Schema } } };
  readonly responses: Readonly<Record<string, { $ref?: string }>>;
}
const root = join(__dirname, '../..');
const document = JSON.parse(readFileSync(join(root, 'schemas/operator-api.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, unknown> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let known: string[];
beforeAll(async () => {
  home = await folder({
    database: ':memory:',
    network: resolve(root, 'examples/networks/oak-street.json'),
    envelopeHorizonS: 3600,
  });
  house = await openHouse(home.dir);
  const site = (n: number) => ({ name: `Site ${n}`, lfdi: n.toString(16).padStart(40, '0'), maxImportW: 5000 });
  await house.operator('POST', '/api/sites', { sites: [1, 2, 3].map(site) });
  const program = (await house.operator('POST', '/api/programs', { primacy: 2, sites: ['1'] })).json;
  const control = { start: t0, durationS: 600, base: { opModMaxLimW: 5000 } };
  const issued = (await house.operator('POST', `/api/programs/${String(program['derp'])}/controls`, control)).json;
  known = ['1', '2', 'Site 3', site(1).lfdi, String(program['derp']), String(issued['mRID'])];
});
afterAll(async () => {
  await house.close();
  home.remove();
});

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A path with its parameters filled in and a query, and a body. */
function requestOf(path: string, { parameters = [], requestBody }: Operation, make: typeof fitting) {
  const inPath = parameters.filter(each => each.in === 'path');
  const inQuery = parameters.filter(each => each.in === 'query');
  const segment = (schema: Schema) => fc.oneof(fc.constantFrom(...known), fitting(schema).map(asText));
  return fc.record({
    path: fc.tuple(...inPath.map(each => segment(each.schema))).map(values =>
      inPath.reduce((at, { name }, i) => {
        const text = values[i] === '' || values[i] === '.' || values[i] === '..' ? 'x' : (values[i] ?? 'x');
        return at.replace(`{${name}}`, encodeURIComponent(Buffer.from(text).toString()));
      }, path),
    ),
    query: fc
      .record(Object.fromEntries(inQuery.map(({ name, schema }) => [name, make(schema).map(asText)])), {
        requiredKeys: inQuery.filter(each => each.required).map(each => each.name),
        noNullPrototype: true,
      })
      .map(values => new URLSearchParams(values).toString()),
    body: requestBody ? make(requestBody.content['application/json'].schema) : fc.constant(undefined),
  });
}

it('names its operations apart, declares every path parameter, and refers to nothing that is not there', () => {
  expect(operations.length).toBeGreaterThan(25);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of operations) {
    const declared = (operation.parameters ?? []).filter(each => each.in === 'path').map(each => each.name);
    expect([path, declared]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    for (const { $ref } of Object.values(operation.responses))
      if ($ref !== undefined) expect(document.components.responses).toHaveProperty($ref.split('/').at(-1) ?? '');
  }
});

it('is valid OpenAPI 3.1, says a validator that is not ours', async () => {
  // The validator is an ES module, so it has a process of its own.
  const program = `
    import { Validator } from '@seriousme/openapi-schema-validator';
    const { valid, errors } = await new Validator().validate(process.argv[1]);
    console.log(JSON.stringify({ valid, errors }));`;
  const file = join(root, 'schemas/operator-api.json');
  // Waited for, not stood still for: the server in this process has connections to look after meanwhile.
  const args = ['--input-type=module', '-e', program, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(JSON.parse(stdout)).toEqual({ valid: true });
}, 30_000);

it('is the document that the server serves', async () => {
  expect((await house.operator('GET', '/openapi.json')).json).toEqual(document);
});

describe.each([
  ['fit', fitting],
  ['nearly fit', nearly],
] as const)('requests that %s', (_, make) => {
  it.each(operations.map(({ path, method, operation }) => [`${method} ${path}`, operation] as const))(
    '%s',
    async (name, operation) => {
      const [method = '', path = ''] = name.split(' ');
      await fc.assert(
        fc.asyncProperty(requestOf(path, operation, make), async ({ path: at, query, body }) => {
          const sent = method === 'get' || method === 'delete' ? undefined : body;
          const got = await house.operator(method.toUpperCase(), query === '' ? at : `${at}?${query}`, sent);
          expect([got.status < 500, got.text.slice(0, 400)]).toEqual([true, got.text.slice(0, 400)]);
          expect(Object.keys(operation.responses)).toContain(String(got.status));
          if (got.status >= 400) expect(got.type).toMatch(/^application\/problem\+json/);
        }),
        { numRuns: 15 },
      );
      expect(house.failed).toEqual([]);
    },
    30_000,
  );
});
