/**
 * Where notifications may be posted to. A notificationURI is a client's word, and we are a machine inside the utility's network:
 * without rules, a client could have us knock at doors it cannot reach itself (SSRF). Names are resolved anew for each
 * connection and judged by the addresses they have then, so a name that moves inside later gains nothing.
 */
import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Problem } from '../base/problem';

export interface GuardRules {
  /** Whether http: is good enough; otherwise https: alone. */
  readonly plainHttp: boolean;
  /** Ports and ranges of ports, such as `443,1024-65535`. */
  readonly ports: string;
  /** Addresses and ranges that may be used though they are private, loopback or otherwise not of the public Internet. */
  readonly allow: string;
}

export interface Guard {
  /** What is wrong with a URI; undefined when it may be posted to, its addresses permitting. */
  refusal(uri: string): string | undefined;
  /** What is wrong with an address. */
  refusalOfAddress(address: string): string | undefined;
  /** For node:net: resolves and judges. */
  readonly lookup: LookupFunction;
}

/** Not of the public Internet: RFC 6890 and its successors at IANA, multicast, and what carries IPv4 inside IPv6. */
const notPublic = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

/** Longest URI of 2030.5. */
const longest = 255;

/** @throws Problem BAD_CONFIG where the rules cannot be read */
export function guardOf({ plainHttp, ports, allow }: GuardRules): Guard {
  const open = portRanges(ports);
  const refused = blockLists(notPublic, 'notPublic');
  const allowed = blockLists(words(allow), 'notifyAllow');
  const schemes = plainHttp ? ['https:', 'http:'] : ['https:'];

  const refusalOfAddress = (address: string): string | undefined => {
    const family = isIP(address);
    if (family === 0) return 'no address';
    if (allowed(family, address) || !refused(family, address)) return undefined;
    return `${address} is not an address of the public Internet; notifyAllow can let it in`;
  };

  const refusal = (uri: string): string | undefined => {
    if (uri.length > longest) return `longer than ${longest} characters`;
    const url = URL.canParse(uri) ? new URL(uri) : undefined;
    if (!url) return 'not an absolute URI';
    if (!schemes.includes(url.protocol)) return `only ${schemes.join(' and ')} may be used`;
    if (url.username !== '' || url.password !== '' || url.hash !== '') return 'no user, password or fragment, please';
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (!open.some(([from, to]) => port >= from && port <= to)) return `port ${port} may not be used`;
    const host = hostOf(url);
    return isIP(host) === 0 ? undefined : refusalOfAddress(host);
  };

  const lookup: LookupFunction = (host, options, done) => {
    resolveName(host, { ...options, all: true }, (error, addresses) => {
      if (error) {
        done(error, '', 0);
        return;
      }
      const refusals = addresses.map(({ address }) => refusalOfAddress(address));
      // One bad address is enough: a name with a public and a private one is a trick, not a service.
      const wrong = refusals.find(text => text !== undefined);
      const [first] = addresses;
      if (wrong !== undefined || !first) done(new AddressRefused(`${host}: ${wrong ?? 'no address'}`), '', 0);
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
  return { refusal, refusalOfAddress, lookup };
}

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';
}

/** Host of a URL as sockets want it: no brackets around IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

const words = (text: string): string[] => text.split(/[\s,]+/).filter(word => word !== '');

function portRanges(text: string): [number, number][] {
  return words(text).map(word => {
    const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word) ?? [];
    const range: [number, number] = [Number(from), Number(to)];
    if (from === '' || range[0] < 1 || range[1] > 65_535 || range[0] > range[1])
      throw new Problem('BAD_CONFIG', { at: 'notifyPorts', want: 'ports such as 443,1024-65535', got: word });
    return range;
  });
}

/** A list for each family: Node would take an IPv4 address for its IPv6 form and the other way round. */
function blockLists(ranges: readonly string[], field: string): (family: number, address: string) => boolean {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    const family = isIP(net);
    const prefix = Number(bits ?? (family === 4 ? 32 : 128));
    if (family === 0 || !(prefix >= 0 && prefix <= (family === 4 ? 32 : 128)) || bits === '')
      throw new Problem('BAD_CONFIG', { at: field, want: 'addresses such as 10.20.0.0/16, 127.0.0.1', got: range });
    lists[family as 4 | 6].addSubnet(net, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (family, address) => lists[family as 4 | 6].check(address, family === 4 ? 'ipv4' : 'ipv6');
}
