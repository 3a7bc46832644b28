/** The official schemas: never part of the project, read where they happen to be at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type SchemaFile } from '../print-xsd';

/** Folder of the official schemas: named by the environment, or `shared/schemas` beside the repository. */
export const officialDir = (root: string, env: NodeJS.ProcessEnv): string =>
  resolve(env['SEP_SCHEMA_DIR'] ?? join(root, '..', 'shared', 'schemas'));

/** Official schema documents of an edition or profile, the one to validate against first; undefined where they are not at hand. */
export function officialSchema(dir: string, id: string): SchemaFile[] | undefined {
  const folder = join(dir, id);
  if (!existsSync(folder)) return undefined;
  const rank = (file: string) => (file.endsWith('-core.xsd') ? 0 : file === 'sep.xsd' ? 1 : 2);
  return readdirSync(folder)
    .filter(file => file.endsWith('.xsd'))
    .sort((a, b) => rank(a) - rank(b))
    .map(file => ({ file, content: readFileSync(join(folder, file), 'utf8') }));
}
