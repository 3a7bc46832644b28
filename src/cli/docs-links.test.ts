/** What the documentation points at is there: links, pictures, anchors, paths in code marks, npm scripts. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const top = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const folders = ['docs', 'src', 'conformance-tests', 'examples', 'benchmarks', 'certs', 'schemas', 'scripts'];

function markdown(dir: string): string[] {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap(entry => {
    const path = `${dir}/${entry.name}`;
    return entry.isDirectory() ? markdown(path) : path.endsWith('.md') ? [path] : [];
  });
}
const files = [...top, ...folders.filter(dir => existsSync(join(root, dir))).flatMap(markdown)];
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const prose = (text: string) => text.replace(/^```[^]*?^```/gm, '');
const slug = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
const anchors = (text: string) => [...prose(text).matchAll(/^#+ +(.+)$/gm)].map(match => slug(match[1] ?? ''));

/** What is wrong with the links of one text. */
function broken(file: string, text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#', 2);
    const there = path === '' ? join(root, file) : resolve(root, dirname(file), path);
    if (!existsSync(there)) return [`${file}: ${target} is not there`];
    if (relative(root, there).startsWith('..')) return [`${file}: ${target} is outside the repository`];
    if (anchor !== undefined && !anchors(readFileSync(there, 'utf8')).includes(anchor))
      return [`${file}: ${target}: no such heading`];
    return [];
  });
}

it('finds what is broken', () => {
  const text =
    '[a](nowhere.md) [b](#no-heading) [c](../outside) [d](https://x.y) [e](CONTRIBUTING.md#habits) ![f](no.png)';
  expect(broken('README.md', text)).toEqual([
    'README.md: nowhere.md is not there',
    'README.md: #no-heading: no such heading',
    'README.md: ../outside is not there',
    'README.md: no.png is not there',
  ]);
});

it('every link and picture leads somewhere', () => {
  expect(files.length).toBeGreaterThan(25);
  expect(files.flatMap(file => broken(file, read(file)))).toEqual([]);
});

it('every path in code marks is there, from the root or from where it is written', () => {
  const paths = files.flatMap(file =>
    [
      ...prose(read(file)).matchAll(
        /`((?:src|docs|examples|schemas|scripts|conformance-tests|benchmarks)\/[\w./-]+)`/g,
      ),
    ].map(([, path = '']) => [file, path] as const),
  );
  expect(paths.length).toBeGreaterThan(10);
  const made = /^benchmarks\/out\//;
  expect(
    paths.filter(
      ([file, path]) => !made.test(path) && ![root, join(root, dirname(file))].some(at => existsSync(join(at, path))),
    ),
  ).toEqual([]);
});

it('every npm script it names is one of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = files.flatMap(file =>
    [...read(file).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(match => `${file}: ${match[1]}`),
  );
  expect(named.filter(each => !((each.split(': ')[1] ?? '') in scripts))).toEqual([]);
});

it('every room has a README of at most a screen, and ARCHITECTURE.md names each', () => {
  const rooms = readdirSync(join(root, 'src')).filter(name => statSync(join(root, 'src', name)).isDirectory());
  const architecture = read('docs/ARCHITECTURE.md');
  for (const room of rooms) {
    expect(architecture).toContain(`](../src/${room}/README.md)`);
    expect(read(`src/${room}/README.md`).split('\n').length).toBeLessThanOrEqual(40);
  }
});

it('decisions are numbered without a gap', () => {
  const numbers = readdirSync(join(root, 'docs/adr')).map(name => Number(name.slice(0, 4)));
  expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
});
