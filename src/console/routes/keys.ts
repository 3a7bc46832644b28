import { z } from 'zod';
import { addKey, allKeys, hashOf, removeKey } from '../../functions/operator/keys';
import { route, roles, type Route } from '../route';

const tag = 'Keys';

const key = z.strictObject({
  name: z.string(),
  role: z.enum(roles),
  kind: z.enum(['key', 'certificate']),
  created: z.number(),
  expires: z.number().optional(),
});

const newKey = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'want 1-64 letters, digits, dots, dashes, underscores'),
  role: z.enum(roles),
  expires: z.number().int().min(0).optional().describe('Seconds since 1970 from which it opens nothing any more'),
  certificate: z
    .string()
    .max(20_000)
    .optional()
    .describe('PEM of a client certificate that is to stand for a key; then none is made'),
});

export const keyRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/keys',
    tag,
    summary: 'list keys by name, without what opens anything',
    role: 'admin',
    answer: z.strictObject({ keys: z.array(key) }),
    handle: async ({ store }) => ({ keys: await allKeys(store) }),
  }),
  route({
    method: 'post',
    path: '/api/keys',
    tag,
    summary: 'make a key, told this once only, or enter a client certificate as one',
    role: 'admin',
    body: newKey,
    answer: key.extend({ key: z.string().optional() }),
    status: 201,
    secret: true,
    handle: async (deps, { body: { certificate, expires, ...about } }) => {
      const common = { ...about, ...(expires !== undefined && { expires }) };
      if (certificate !== undefined)
        return addKey(deps, { ...common, kind: 'certificate' }, deps.fingerprintOf(certificate));
      const secret = `hrk_${deps.newSecret()}`;
      return { ...(await addKey(deps, { ...common, kind: 'key' }, hashOf(secret))), key: secret };
    },
  }),
  route({
    method: 'delete',
    path: '/api/keys/{name}',
    tag,
    summary: 'remove a key: it opens nothing any more, from the next request on',
    role: 'admin',
    handle: async (deps, { params }) => removeKey(deps, params['name'] ?? ''),
  }),
];
