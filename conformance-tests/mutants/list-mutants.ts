/** Wrong in lists: paging, counting, order. */
import { type Request } from '../../src/protocol/exchange';
import { answered, elements, heard, shown, withEntries, type Mutant } from './mutant';

const query = (request: Request, change: (url: URL) => void): Request => {
  const url = new URL(request.url, 'https://server');
  change(url);
  return { ...request, url: url.pathname + url.search };
};
const listed = (path: string): boolean => /^\/(edev|derp|edev\/\d+\/fsa(\/\w+\/derp)?)(\?|$)/.test(path);
const onLists = (request: Request, change: (url: URL) => void): Request =>
  request.method === 'GET' && listed(request.url) ? query(request, change) : request;
const repeated = (url: URL, name: string, pick: (values: string[]) => string | undefined) => {
  const value = pick(url.searchParams.getAll(name));
  if (value !== undefined) url.searchParams.set(name, value);
};
const reversed = (name: string) => (xml: string) => withEntries(xml, name, elements(xml, name).reverse());

export const listMutants: readonly Mutant[] = [
  heard('counts pages from 1', 'CORE-004', request =>
    onLists(request, ({ searchParams }) => {
      const start = Number(searchParams.get('s') ?? 0);
      if (start > 0) searchParams.set('s', String(start - 1));
    }),
  ),
  heard('has ten entries in a page by default', 'CORE-004', request =>
    onLists(request, ({ searchParams }) => {
      if (!searchParams.has('l')) searchParams.set('l', '10');
    }),
  ),
  heard('takes l=0 for no limit', 'CORE-004', request =>
    onLists(request, ({ searchParams }) => {
      if (searchParams.get('l') === '0') searchParams.set('l', '255');
    }),
  ),
  heard('lets the last of repeated parameters win', 'CORE-004', request =>
    onLists(request, url => ['s', 'l'].forEach(name => repeated(url, name, values => values.at(-1)))),
  ),
  heard('gives one entry too many', 'CORE-004', request =>
    onLists(request, ({ searchParams }) => {
      if (searchParams.has('l')) searchParams.set('l', String(Number(searchParams.get('l')) + 1));
    }),
  ),
  heard('ignores s', 'CORE-004', request => onLists(request, ({ searchParams }) => searchParams.delete('s'))),
  shown('forgets all', 'CORE-004', 'EndDeviceList', xml => xml.replace(/^(<[^>]*) all="\d+"/, '$1')),
  shown('tells the entries of the page as all', 'CORE-004', '', xml =>
    xml.replace(/^(<\w+List [^>]*) all="\d+"([^>]* results="(\d+)")/, '$1 all="$3"$2'),
  ),
  shown('tells all as results', 'CORE-004', '', xml =>
    xml.replace(/^(<\w+List [^>]* all="(\d+)"[^>]*) results="\d+"/, '$1 results="$2"'),
  ),
  answered(
    'answers 404 past the end',
    'CORE-004',
    ({ body }) =>
      /^<\w+List [^>]* all="[1-9]\d*" results="0"/.test(body) || /^<\w+List [^>]*results="0"[^>]*all="[1-9]/.test(body),
    answer => ({ ...answer, status: 404, body: '' }),
  ),
  answered(
    'refuses parameters it does not know',
    'CORE-004',
    (_answer, { url }) => url.includes('b=2'),
    answer => ({ ...answer, status: 400, body: '' }),
  ),
  shown('takes a for every list', 'CORE-004', 'DERProgramList', (xml, { url }) =>
    url.includes('a=') ? withEntries(xml, 'DERProgram', []) : xml,
  ),
  shown('lists devices in the order they came', 'CORE-004', 'EndDeviceList', reversed('EndDevice')),
  shown('lists the weakest program first', 'CORE-004', 'DERProgramList', reversed('DERProgram')),
  shown(
    'lists assignments the wrong way round',
    'CORE-011',
    'FunctionSetAssignmentsList',
    reversed('FunctionSetAssignments'),
  ),
  shown('lists the oldest LogEvent first', 'BASIC-027', 'LogEventList', reversed('LogEvent')),
  shown('counts one program too many in its link', 'CORE-010', 'FunctionSetAssignmentsList', xml =>
    xml.replace(
      /(<DERProgramListLink [^>]*all=")(\d+)"/g,
      (_, head: string, all: string) => `${head}${Number(all) + 1}"`,
    ),
  ),
  shown('leaves the last program of a list out', 'CORE-010', 'DERProgramList', xml =>
    withEntries(xml, 'DERProgram', elements(xml, 'DERProgram').slice(0, -1)),
  ),
];
