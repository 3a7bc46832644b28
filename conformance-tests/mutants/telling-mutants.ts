/** Wrong about what clients tell it, and about what it tells them unasked. */
import { answered, shown, told, type Mutant } from './mutant';

const made = (answer: { status: number; resource: string; headers: object }, { url }: { url: string }) => ({
  ...answer,
  status: 201,
  headers: { Location: `${url}/1` },
  body: '',
});
const posted =
  (path: RegExp, was: (status: number) => boolean) =>
  (answer: { status: number }, { method, url }: { method: string; url: string }) =>
    method === 'POST' && path.test(url) && was(answer.status);
const refused = (status: number) => status >= 400;
const delivered = { outcome: 'delivered' } as const;
/** Servers that have met a receiver that did not answer. */
const givenUp = new WeakSet<object>();
const changedOnly = (body: string) => body.includes('<status>0</status>');

export const tellingMutants: readonly Mutant[] = [
  {
    name: 'says 204 to a status and forgets it',
    caughtBy: 'BASIC-028',
    answer: (answer, { method, url }, { memory }) => {
      if (method !== 'GET' || !url.endsWith('/ders') || answer.status !== 200) return answer;
      if (!memory.has(url)) memory.set(url, answer);
      return memory.get(url) as typeof answer;
    },
  },
  shown('mixes settings and ratings up', 'CORE-014', 'DERCapability', xml =>
    xml.replace(/(<rtgMaxW><multiplier>0<\/multiplier><value>)\d+/, '$15200'),
  ),
  answered(
    'takes settings without updatedTime',
    'CORE-014',
    (answer, { method, url }) => method === 'PUT' && url.endsWith('/derg') && answer.status === 400,
    answer => ({ ...answer, status: 204, body: '' }),
  ),
  answered(
    'answers a repeated mirror with 201',
    'BASIC-029',
    posted(/^\/mup$/, status => status === 204),
    answer => ({ ...answer, status: 201 }),
  ),
  shown('scales what was mirrored', 'BASIC-029', 'ReadingList', xml =>
    xml.replace(/<value>(-?\d+)/g, (_, value: string) => `<value>${Number(value) * 10}`),
  ),
  shown('mirrors nothing', 'BASIC-029', 'MeterReadingList', xml =>
    xml
      .replace(/>.*/s, '></MeterReadingList>')
      .replace(/ all="\d+"/, ' all="0"')
      .replace(/ results="\d+"/, ' results="0"'),
  ),
  shown('offers no postRate', 'BASIC-029', 'MirrorUsagePoint', xml => xml.replace(/<postRate>\d+<\/postRate>/, '')),
  answered(
    'takes readings of no known type',
    'BASIC-029',
    posted(/^\/mup\//, status => status === 400),
    (answer, request) => ({ ...answer, ...made(answer, request) }),
  ),
  answered(
    'answers Responses with 204',
    'CORE-022',
    posted(/\/rsp$/, status => status === 201),
    answer => ({ ...answer, status: 204, headers: {} }),
  ),
  answered(
    'refuses Responses to a cancelled event',
    'CORE-022',
    posted(/\/rsp$/, status => status === 201),
    (answer, _request, { memory }) => {
      const count = Number(memory.get('count') ?? 0) + 1;
      memory.set('count', count);
      return count === 3 ? { ...answer, status: 404, headers: {}, body: '' } : answer;
    },
  ),
  answered('takes Responses of anybody to anything', 'ACCESS-001', posted(/\/rsp$/, refused), (answer, request) => ({
    ...answer,
    ...made(answer, request),
  })),
  shown('shows another ConnectionPoint', 'AUS-053', 'csipaus:ConnectionPoint', xml =>
    xml.replace(/(<csipaus:connectionPointId>)\d/, '$17'),
  ),
  told('never notifies', 'CORE-018', async () => delivered),
  told('notifies twice', 'CORE-018', async (push, to, body) => (await push.post(to, body), push.post(to, body))),
  told('notifies with status 2', 'CORE-018', (push, to, body) =>
    push.post(to, body.replace('<status>0<', '<status>2<')),
  ),
  told('notifies of a cancelled event with status 4', 'MAINT-004', (push, to, body) =>
    push.post(to, body.includes('<currentStatus>2<') ? body.replace('<status>0<', '<status>4<') : body),
  ),
  told('notifies without what has changed', 'CORE-018', (push, to, body) =>
    push.post(to, body.replace(/<Resource .*<\/Resource>/s, '')),
  ),
  told('notifies without the type of what has changed', 'CORE-018', (push, to, body) =>
    push.post(to, body.replace(/ xsi:type="[^"]*"/, '')),
  ),
  told('notifies of what was before', 'AGG-001', (push, to, body) =>
    push.post(
      to,
      body.replace(/ all="(\d+)"/, (_, all: string) => ` all="${Number(all) - 1}"`),
    ),
  ),
  told('notifies for another subscription', 'CORE-018', (push, to, body) =>
    push.post(to, body.replace(/<subscriptionURI>[^<]*/, '<subscriptionURI>/edev/1/sub/0')),
  ),
  told('ends a subscription without a word', 'CORE-019', async (push, to, body) =>
    changedOnly(body) ? push.post(to, body) : delivered,
  ),
  told('goes on after a receiver has answered 400', 'ERR-002', async (push, to, body) => {
    await push.post(to, body);
    return delivered;
  }),
  answered('lets clients subscribe to what is not there', 'CORE-019', posted(/\/sub$/, refused), (answer, request) => ({
    ...answer,
    ...made(answer, request),
  })),
  answered(
    'removes no subscription',
    'CORE-018',
    (_answer, { method, url }) => method === 'GET' && /\/sub\/\w+$/.test(url),
    (answer, { url }, { memory }) => {
      if (answer.status === 200) memory.set(url, answer);
      return (memory.get(url) as typeof answer | undefined) ?? answer;
    },
  ),
  shown('loses doeModesSupported', 'AUS-006', 'DERCapability', xml =>
    xml.replace(/<csipaus:doeModesSupported>\w+<\/csipaus:doeModesSupported>/, ''),
  ),
  shown('keeps the poll rate it began with', 'AUS-043', 'DERProgramList', xml =>
    xml.replace(/pollRate="\d+"/, 'pollRate="300"'),
  ),
  told('notifies with fewer entries than it was asked for', 'AUS-033', (push, to, body) =>
    push.post(to, body.replace(/<DERControl .*?<\/DERControl>/s, '')),
  ),
  told('gives a receiver up that was away', 'AUS-046', async (push, to, body) => {
    if (givenUp.has(push)) return delivered;
    const outcome = await push.post(to, body);
    if (outcome.outcome === 'delivered') return outcome;
    givenUp.add(push);
    return delivered;
  }),
  told('does not tell of defaults', 'AUS-025', async (push, to, body) =>
    body.includes('xsi:type="DefaultDERControl"') ? delivered : push.post(to, body),
  ),
  answered(
    'takes one subscription of each client',
    'AUS-037',
    posted(/\/sub$/, status => status === 201),
    (answer, { url }, { memory }) => {
      if (memory.has(url)) return { ...answer, status: 400, headers: {} };
      memory.set(url, true);
      return answer;
    },
  ),
  answered('takes Responses without LFDI', 'AUS-055', posted(/\/rsp$/, refused), (answer, request) => ({
    ...answer,
    ...made(answer, request),
  })),
];
