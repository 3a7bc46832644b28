import { z } from 'zod';
import { route, type Route } from '../route';

const tag = 'Server';

const backup = z.strictObject({ name: z.string(), bytes: z.number(), at: z.number() });

export const backupRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/backups',
    tag,
    summary: 'list backups in the folder of the configuration, oldest first',
    role: 'admin',
    answer: z.strictObject({ backups: z.array(backup) }),
    handle: async ({ backups }) => ({ backups: backups.list() }),
  }),
  route({
    method: 'post',
    path: '/api/backups',
    tag,
    summary: 'copy the database into that folder while everything goes on, and check the copy',
    role: 'admin',
    answer: backup.extend({ rows: z.record(z.string(), z.number()) }),
    status: 201,
    handle: async ({ backups }) => backups.make(),
  }),
  route({
    method: 'delete',
    path: '/api/backups/{name}',
    tag,
    summary: 'take a backup away',
    role: 'admin',
    handle: async ({ backups }, { params }) => backups.remove(params['name'] ?? ''),
  }),
];
