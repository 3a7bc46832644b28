/** Validation by libxml2, and where the official schemas are found. Test code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { type SchemaFile } from '../print-xsd';

/** Folder of the official schemas; the project never holds them. */
export const officialDir = resolve(
  process.env['SEP_SCHEMA_DIR'] ?? join(__dirname, '../../..', '..', 'shared', 'schemas'),
);

/** Official schema documents of an edition or profile, the one to validate against first; undefined where they are not at hand. */
export function officialSchema(folder: string): SchemaFile[] | undefined {
  const dir = join(officialDir, folder);
  if (!existsSync(dir)) return undefined;
  const rank = (file: string) => (file.endsWith('-core.xsd') ? 0 : file === 'sep.xsd' ? 1 : 2);
  return readdirSync(dir)
    .filter(file => file.endsWith('.xsd'))
    .sort((a, b) => rank(a) - rank(b))
    .map(file => ({ file, content: readFileSync(join(dir, file), 'utf8') }));
}

/** Errors of all documents against a schema, each led by the number of its document; empty when all are valid. */
export async function validate(documents: readonly string[], schema: readonly SchemaFile[]): Promise<string[]> {
  const [main, ...others] = schema;
  if (!main) throw new Error('no schema');
  const { valid, errors, rawOutput } = await validateXML({
    xml: documents.map((contents, i) => ({ fileName: `document-${i}.xml`, contents })),
    schema: [{ fileName: main.file, contents: main.content }],
    preload: others.map(({ file, content }) => ({ fileName: file, contents: content })),
    initialMemoryPages: 1024,
    maxMemoryPages: 8192,
  });
  if (valid) return [];
  return errors.length > 0 ? errors.map(e => e.rawMessage) : [rawOutput];
}
