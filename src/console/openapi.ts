/** The OpenAPI 3.1 document of the operator API, made from the routes that also validate its requests. */
import { z } from 'zod';
import { problems, type ProblemCode } from '../base/problem';
import { paramsShape } from './frame';
import { parametersOf, type Route } from './route';

type Json = Readonly<Record<string, unknown>>;

const schemaOf = (shape: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, target: 'draft-2020-12', unrepresentable: 'any' });
  return schema;
};

const propertiesOf = (shape: z.ZodType): { properties: Record<string, Json>; required: readonly string[] } => {
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return { properties, required };
};

/** What any route may answer beside what it declares, and what only some may. */
function refusalsOf(route: Route): ProblemCode[] {
  const codes: ProblemCode[] = ['BAD_REQUEST', 'NO_KEY', 'NO_ROLE', 'NO_SUCH', 'CONFLICT', 'STORE_BUSY'];
  if (route.body) codes.push('TOO_LARGE', 'WRONG_TYPE');
  return codes;
}

function operation(route: Route): Json {
  const path = propertiesOf(paramsShape(route));
  const query = route.query ? propertiesOf(route.query) : undefined;
  const parameters = [
    ...parametersOf(route.path).map(name => ({
      name,
      in: 'path',
      required: true,
      schema: path.properties[name] ?? {},
    })),
    ...Object.entries(query?.properties ?? {}).map(([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      required: query?.required.includes(name) ?? false,
      ...(description !== undefined && { description }),
      schema,
    })),
  ];
  const refused = refusalsOf(route).map(code => [
    String(problems[code].status),
    { $ref: `#/components/responses/${code}` },
  ]);
  const good = route.answer
    ? {
        description: 'Done',
        content: { [route.media ?? 'application/json']: { schema: schemaOf(route.answer, 'output') } },
      }
    : { description: 'Done' };
  return {
    operationId: `${route.method} ${route.path}`.replace(/[^A-Za-z]+/g, '-').replace(/-$/, ''),
    tags: [route.tag],
    summary: route.summary,
    description: `Needs the role ${route.role}.`,
    'x-role': route.role,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: !(route.bodyOptional ?? false),
        content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
      },
    }),
    responses: { [route.answer ? (route.status ?? 200) : 204]: good, ...Object.fromEntries(refused) },
  };
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457, with what to do',
  properties: {
    type: { type: 'string', description: '`urn:headroom:` and the code of docs/errors.md' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    remedy: { type: 'string', description: 'What to do' },
    at: { type: 'string', description: 'Where: a field, a path, a site' },
    note: { type: 'string' },
    want: {},
    got: {},
  },
  required: ['type', 'title', 'status', 'detail', 'remedy'],
};

export function openApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  const codes = [...new Set(routes.flatMap(refusalsOf))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headroom operator API',
      version: '1',
      description: 'Made by `headroom docs` from the routes declared in src/console. Do not edit.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8444' }],
    security: [{ key: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map(name => ({ name })),
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema },
      responses: Object.fromEntries(
        codes.map(code => [
          code,
          {
            description: `${problems[code].meaning} ${problems[code].remedy}`,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}
