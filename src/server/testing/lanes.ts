/**
 * What is written to a server that is going to be killed. A lane writes step 1, 2, 3 …, each one request that is either there
 * whole or not at all; `last` asks the server which step it holds, and tells everything that is there by half.
 */
import { write } from '../../codec/write';
import { dialects } from '../../model/dialect';
import { type Complex, type Infer } from '../../model/dsl';
import { DERControlResponse } from '../../model/response';
import { DERSettings, DERStatus } from '../../model/der';
import { MirrorMeterReading, MirrorUsagePoint } from '../../model/mirror';
import { type Answer, type DeviceClient } from './house';

export interface OperatorClient {
  (method: string, path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }>;
}

export interface Lane {
  readonly name: string;
  /** Resolves with the HTTP status when the step is acknowledged or refused; rejects when the connection breaks. */
  step(n: number): Promise<number>;
  /** The last step the server holds. `fault` is told whatever contradicts that steps 1 … last are there whole. */
  last(fault: (text: string) => void): Promise<number>;
}

const xml = <T extends Complex>(type: T, value: Infer<T>) => write(type, value, { dialect: dialects['2018'] });
const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, '0');
const numbers = (body: string, name: string) =>
  [...body.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => Number(match[1]));
const attribute = (body: string, name: string) => Number(new RegExp(`^<[^>]* ${name}="(\\d+)"`).exec(body)?.[1]);
/** Where two lists of numbers differ is said, and not how they read. */
function compare(what: string, got: readonly number[], want: readonly number[], fault: (text: string) => void): void {
  const at = want.findIndex((value, i) => got[i] !== value);
  if (at >= 0 || got.length !== want.length)
    fault(`${what}: ${got.length} entries, want ${want.length}; entry ${at} is ${got[at]}, want ${want[at]}`);
}
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

async function got(client: DeviceClient, path: string): Promise<string> {
  const { status, body }: Answer = await client.ask(path);
  if (status !== 200) throw new Error(`GET ${path} answers ${status}`);
  return body;
}

/** Every entry of a list, page by page, with what `all` says of it. */
async function whole(client: DeviceClient, path: string, entry: string): Promise<{ all: number; bodies: string[] }> {
  const bodies: string[] = [];
  for (;;) {
    const body = await got(client, `${path}?s=${bodies.length}&l=255`);
    const all = attribute(body, 'all');
    const page = [...body.matchAll(new RegExp(`<${entry}[ >].*?</${entry}>`, 'gs'))].map(match => match[0]);
    bodies.push(...page);
    if (page.length === 0 || bodies.length >= all) return { all, bodies };
  }
}

/** Mirror readings: each step is one reading set of three readings, whose values are the step. */
export function readingLane(client: DeviceClient): Lane {
  const mRID = (n: number) => `${hex(n, 8)}${'0'.repeat(24)}`;
  const meter = mRID(0xabcd);
  const point = { mRID: mRID(0xfeed), roleFlags: '0000', serviceCategoryKind: 0, status: 1, deviceLFDI: client.lfdi };
  let place: string | undefined;
  const mirror = async () => {
    const made = await client.ask('/mup', {
      method: 'POST',
      body: xml(MirrorUsagePoint, { ...point, MirrorMeterReading: [] }),
    });
    return (place ??= String(made.headers['location']));
  };
  return {
    name: 'readings',
    step: async n => {
      const Reading = [0, 1, 2].map(i => ({
        localID: hex(i, 4),
        value: n,
        timePeriod: { start: n * 900 + i, duration: 1 },
      }));
      const set = { mRID: mRID(n), timePeriod: { start: n * 900, duration: 900 }, Reading };
      const body = { mRID: meter, MirrorReadingSet: [set], ...(n === 1 && { ReadingType: { uom: 38 } }) };
      return (await client.ask(place ?? (await mirror()), { method: 'POST', body: xml(MirrorMeterReading, body) }))
        .status;
    },
    last: async fault => {
      const at = (await mirror()).replace('/mup/', '/upt/');
      if ((await client.ask(`${at}/mr/${meter}`)).status === 404) return 0;
      const { all, bodies } = await whole(client, `${at}/mr/${meter}/rs`, 'ReadingSet');
      const last = bodies.length;
      if (all !== last) fault(`reading sets: all says ${all}, ${last} are there`);
      const starts = bodies.flatMap(body => numbers(body, 'start').map(start => start / 900));
      compare('reading sets', starts.reverse(), upTo(last), fault);
      for (const n of [1, last]) {
        const readings = await got(client, `${at}/mr/${meter}/rs/${mRID(n)}/r?l=9`);
        compare(
          `readings of set ${n}`,
          [attribute(readings, 'all'), ...numbers(readings, 'value')],
          [3, n, n, n],
          fault,
        );
      }
      return last;
    },
  };
}

/** What a device says of itself, over and over in the same document; the step stands in every field. */
function putLane(
  client: DeviceClient,
  name: string,
  path: string,
  fields: readonly string[],
  body: (n: number) => string,
): Lane {
  return {
    name,
    step: async n => (await client.ask(path, { method: 'PUT', body: body(n) })).status,
    last: async fault => {
      const text = await got(client, path);
      const values = fields.map(field => numbers(text, field));
      if (values.some(found => found.length === 0)) return 0; // what registration wrote
      const [n = 0] = values.flat();
      compare(name, values.flat(), values.flat().fill(n), fault);
      return n;
    },
  };
}

export const statusLane = (client: DeviceClient, edev: string): Lane =>
  putLane(client, 'DERStatus', `/edev/${edev}/der/1/ders`, ['readingTime', 'dateTime'], n =>
    xml(DERStatus, { readingTime: n, genConnectStatus: { dateTime: n, value: '01' } }),
  );

export const settingsLane = (client: DeviceClient, edev: string): Lane =>
  putLane(client, 'DERSettings', `/edev/${edev}/der/1/derg`, ['setESDelay', 'setGradW', 'updatedTime', 'value'], n =>
    xml(DERSettings, { setESDelay: n, setGradW: n, setMaxW: { multiplier: 0, value: n }, updatedTime: n }),
  );

/** Operator controls and the Responses to them: of every four steps one issues a control and three answer it. */
export function orderLane(client: DeviceClient, operator: OperatorClient, derp: string): Lane {
  const mrids = new Map<number, string>();
  const far = 4_000_000_000;
  return {
    name: 'controls and responses',
    step: async n => {
      const control = Math.floor((n - 1) / 4);
      const status = (n - 1) % 4;
      if (status === 0) {
        const order = { description: `C${control}`, start: far, durationS: 60, base: { opModMaxLimW: control } };
        const made = await operator('POST', `/api/programs/${derp}/controls`, order);
        mrids.set(control, String(made.json['mRID']));
        return made.status;
      }
      const subject = mrids.get(control) ?? '';
      const body = xml(DERControlResponse, { createdDateTime: n, endDeviceLFDI: client.lfdi, status, subject });
      return (await client.ask(`/rsps/${derp}/rsp`, { method: 'POST', body })).status;
    },
    last: async fault => {
      const controls = await whole(client, `/derp/${derp}/derc`, 'DERControl');
      if (controls.all !== controls.bodies.length)
        fault(`controls: all says ${controls.all}, ${controls.bodies.length} are there`);
      const known = new Map<number, string>();
      for (const body of controls.bodies)
        known.set(Number(/<description>C(\d+)</.exec(body)?.[1]), /<mRID>(\w+)</.exec(body)?.[1] ?? '');
      compare(
        'controls',
        [...known.keys()].sort((a, b) => a - b),
        upTo(known.size).map(n => n - 1),
        fault,
      );
      for (const [n, mrid] of mrids)
        if (known.get(n) !== mrid) fault(`control ${n}: ${known.get(n)}, acknowledged as ${mrid}`);
      for (const [n, mrid] of known) mrids.set(n, mrid);
      const responses = await whole(client, `/rsps/${derp}/rsp`, 'Response');
      if (responses.all !== responses.bodies.length)
        fault(`responses: all says ${responses.all}, ${responses.bodies.length} are there`);
      const said = responses.bodies.flatMap(body => numbers(body, 'createdDateTime')).sort((a, b) => a - b);
      const last = Math.max(4 * (known.size - 1) + 1, said.at(-1) ?? 0, 0);
      compare(
        'responses',
        said,
        upTo(last).filter(n => n % 4 !== 1),
        fault,
      );
      return known.size === 0 ? 0 : last;
    },
  };
}

/** Envelopes imported for one site: the step is the limit of every one of many steps. */
export function importLane(operator: OperatorClient, site: string, start: number): Lane {
  const steps = 96;
  return {
    name: 'imports',
    step: async n => {
      const limits = Array<number>(steps).fill(n);
      return (
        await operator('POST', '/api/envelopes/import', {
          site,
          start,
          stepS: 86_400,
          importW: limits,
          exportW: limits,
        })
      ).status;
    },
    last: async fault => {
      const { json } = await operator('GET', `/api/envelopes/${site}`);
      const controls = json['controls'] as { importW: number; exportW: number; from: number; to: number }[];
      const n = controls[0]?.importW ?? 0;
      if (controls.length > 1) fault(`imports: ${controls.length} controls in force or to come, want 1`);
      for (const { exportW, to } of controls) compare('import', [exportW, to], [n, start + steps * 86_400], fault);
      return n;
    },
  };
}

/** Sites registered in pairs. */
export function siteLane(operator: OperatorClient): Lane {
  const pair = (n: number) =>
    ['A', 'B'].map((name, i) => ({ name: `${name}${n}`, lfdi: hex(0xf000_0000 + 2 * n + i, 10).padEnd(40, '0') }));
  return {
    name: 'sites',
    step: async n => (await operator('POST', '/api/sites', { sites: pair(n) })).status,
    last: async fault => {
      const { json } = await operator('GET', '/api/sites');
      const sites = json['sites'] as { name: string; edev: string }[];
      const of = (letter: string) =>
        sites
          .flatMap(({ name }) => (name.startsWith(letter) && /^[AB]\d+$/.test(name) ? Number(name.slice(1)) : []))
          .sort((a, b) => a - b);
      compare('second sites of pairs', of('B'), of('A'), fault);
      compare('pairs of sites', of('A'), upTo(of('A').length), fault);
      if (new Set(sites.map(site => site.edev)).size !== sites.length) fault('two sites share an id');
      return of('A').length;
    },
  };
}
