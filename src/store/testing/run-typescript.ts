import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { type Readable } from 'node:stream';

const root = resolve(__dirname, '../../..');

/** Compiles TypeScript as it is required, in the way Jest does, so that a child process needs no build. */
const hook = `
const swc = require('@swc/core');
const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' }, swcrc: false };
require.extensions['.ts'] = (module, file) => module._compile(swc.transformFileSync(file, options).code, file);
require(process.argv[1]);
`;

/** Starts a TypeScript file in a process of its own. Standard output can be read; standard error is ours. */
export function runTypeScript(script: string, ...args: string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ['-e', hook, script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
}
