/** Wrong about who is who: certificates, registrations, what is whose. */
import { type ChainVerdict, parseCertificate, lfdiOf, sfdiOf, type Trust } from '../../src/tls';
import { answered, elements, shown, withEntries, type Mutant } from './mutant';

/** Lets in chains that are refused for what `lets` says. */
const letsIn = (name: string, caughtBy: string): Mutant => ({
  name,
  caughtBy,
  trust: trust => {
    const judge = trust.judge.bind(trust);
    trust.judge = presented => {
      const verdict = judge(presented);
      return verdict.ok ? verdict : accepted(presented, trust);
    };
  },
});

/** As if the chain led to the trusted root. */
function accepted(presented: readonly Uint8Array[], trust: Trust): ChainVerdict {
  const path = [...presented, ...trust.roots.map(({ der }) => der)].map(der => parseCertificate(der));
  const [leaf] = path;
  const root = path.at(-1);
  if (!leaf || !root) return { ok: false, reason: 'no-certificate', text: 'nothing was presented' };
  const lfdi = lfdiOf(leaf.der);
  return { ok: true, leaf, lfdi, sfdi: sfdiOf(lfdi), depth: path.length, root, path };
}

const refusesShort: Mutant = {
  name: 'does not know a device right below its root',
  caughtBy: 'COMM-004A',
  trust: trust => {
    const judge = trust.judge.bind(trust);
    trust.judge = presented =>
      presented.length <= 2 ? { ok: false, reason: 'unknown-issuer', text: 'too short a chain' } : judge(presented);
  },
};

export const identityMutants: readonly Mutant[] = [
  letsIn('lets anybody in', 'COMM-003'),
  letsIn('does not look for critical extensions', 'COMM-004D'),
  letsIn('does not look for name extensions', 'COMM-004E'),
  letsIn('does not look for policy mappings', 'COMM-004F'),
  letsIn('lets self-signed devices in', 'COMM-004G'),
  refusesShort,
  shown('writes LFDIs in lower case', 'BASIC-001', '', xml =>
    xml.replace(/<lFDI>(\w+)</g, (_, lfdi: string) => `<lFDI>${lfdi.toLowerCase()}<`),
  ),
  shown('takes the LFDI from the right end of the hash', 'BASIC-001', '', xml =>
    xml.replace(/<lFDI>(\w+)</g, (_, lfdi: string) => `<lFDI>${[...lfdi].reverse().join('')}<`),
  ),
  shown('works out the check digit wrongly', 'BASIC-001', '', xml =>
    xml.replace(/<sFDI>(\d+)(\d)</g, (_, digits: string, last: string) => `<sFDI>${digits}${(Number(last) + 1) % 10}<`),
  ),
  shown('leaves the check digit out of the SFDI', 'BASIC-001', '', xml => xml.replace(/<sFDI>(\d+)\d</g, '<sFDI>$1<')),
  shown('tells another PIN', 'BASIC-001', 'Registration', xml => xml.replace(/<pIN>\d+</, '<pIN>123455<')),
  {
    name: 'keeps answers by path, whoever asks',
    caughtBy: 'ACCESS-001',
    answer: (answer, { url, method }, { memory }) => {
      const [path = ''] = url.split('?');
      if (method !== 'GET' || path === '/edev') return answer;
      if (answer.status === 200) memory.set(path, answer);
      return (memory.get(path) as typeof answer | undefined) ?? answer;
    },
  },
  answered(
    'shows empty lists where others have something',
    'ACCESS-001',
    ({ status }, { url }) => status === 404 && /^\/derp\/\w+\/derc$/.test(url),
    (answer, { url }) => ({
      ...answer,
      status: 200,
      headers: { 'Content-Type': 'application/sep+xml' },
      body: `<DERControlList xmlns="urn:ieee:std:2030.5:ns" href="${url}" all="0" results="0"></DERControlList>`,
    }),
  ),
  answered(
    'takes a device twice',
    'CORE-009',
    ({ status }, { method, url }) => method === 'POST' && url === '/edev' && status >= 400,
    answer => ({ ...answer, status: 201, headers: { Location: '/edev/1' }, body: '' }),
  ),
  shown('shows an aggregator only itself', 'AGG-002', 'EndDeviceList', xml =>
    withEntries(
      xml,
      'EndDevice',
      elements(xml, 'EndDevice').filter(
        entry => entry.includes('SubscriptionListLink') && !entry.includes('DERListLink'),
      ),
    ),
  ),
  shown('hides an aggregator from itself', 'UTIL-002', 'EndDeviceList', xml =>
    withEntries(
      xml,
      'EndDevice',
      elements(xml, 'EndDevice').filter(entry => entry.includes('DERListLink')),
    ),
  ),
  answered(
    'hides the PIN from the aggregator',
    'UTIL-002',
    (_answer, { url }) => url.endsWith('/rg'),
    answer => ({ ...answer, status: 404, body: '' }),
  ),
  shown('tells that its clock is synchronised', 'CORE-005', 'Time', xml => xml.replace(/<quality>\d/, '<quality>3')),
  shown('stands still', 'CORE-005', 'Time', (xml, _request, { memory }) => {
    if (!memory.has('time')) memory.set('time', xml);
    return memory.get('time') as string;
  }),
  shown('tells tzOffset in minutes', 'CORE-005', 'Time', xml => xml.replace(/<tzOffset>-?\d+/, '<tzOffset>-480')),
  shown('tells no pollRate', 'CORE-003', '', xml => xml.replace(/ pollRate="\d+"/, '')),
];
