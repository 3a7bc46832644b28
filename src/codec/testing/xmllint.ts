/** Validation by libxml2. Test code. */
import { validateXML } from 'xmllint-wasm';
import { type SchemaFile } from '../print-xsd';

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
