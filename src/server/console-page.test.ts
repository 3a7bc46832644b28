/** The console page: what is served, and what its script makes of a server's answers, run against a document of our own. */
import { createContext, runInContext } from 'node:vm';
import { resolve } from 'node:path';
import { operatorRoutes } from '../console/routes';
import { derToPem, issue } from '../tls';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

const network = resolve(__dirname, '../../examples/networks/oak-street.json');
let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeAll(async () => {
  home = await folder({
    network,
    envelopeHorizonS: 3600,
    verifyBudgetS: 0,
    database: ':memory:',
  });
  house = await openHouse(home.dir);
});
afterAll(async () => {
  await house.close();
  home.remove();
});

const get = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${house.server.operatorPort}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

it('is served without a key, holds no data, and lets the browser load nothing from elsewhere', async () => {
  await house.operator('POST', '/api/sites', { name: 'Hidden barn', lfdi: 'A'.repeat(40) });
  for (const [path, type] of [
    ['/', 'text/html'],
    ['/console.js', 'text/javascript'],
    ['/console.css', 'text/css'],
  ] as const) {
    const { status, headers, text } = await get(path);
    expect([path, status, headers.get('content-type')]).toEqual([path, 200, expect.stringContaining(type)]);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(text).not.toMatch(/https?:|\/\/\w|Hidden barn/);
  }
  expect((await get('/api/sites')).status).toBe(401);
  await house.operator('DELETE', '/api/sites/Hidden%20barn');
});

it('asks only for what the operator API has', async () => {
  const paths = [...(await get('/console.js')).text.matchAll(/'(\/api\/[^'?]*)/g)].map(([, path]) => path);
  expect(paths.length).toBeGreaterThan(6);
  const known = operatorRoutes.filter(({ method }) => method === 'get').map(({ path }) => path);
  for (const path of paths) expect(known).toContain(path);
});

/** As much of a document as the script uses. */
class Element {
  children: Element[] = [];
  className = '';
  disabled = false;
  hidden = false;
  title = '';
  textContent = '';
  value = '';
  onclick?: () => void;
  onsubmit?: (event: { preventDefault(): void }) => void;
  append(child: Element) {
    this.children.push(child);
  }
  replaceChildren(...children: Element[]) {
    this.children = children;
  }
  get text(): string {
    return [this.textContent, ...this.children.map(child => child.text)].filter(Boolean).join(' | ');
  }
}

/** Loads the page; `shown` waits until its script has done a turn. */
async function browser(key?: string) {
  const elements = new Map<string, Element>();
  for (const [, id = ''] of (await get('/')).text.matchAll(/ id="(\w+)"/g)) elements.set(id, new Element());
  const stored = new Map(key === undefined ? [] : [['headroom key', key]]);
  let turned: () => void = () => undefined;
  const base = `http://127.0.0.1:${house.server.operatorPort}`;
  const el = (id: string): Element => {
    const found = elements.get(id);
    if (!found) throw new Error(`the script wants #${id}, which the page does not have`);
    return found;
  };
  const enter = el('enter');
  const context = createContext({
    document: { getElementById: el, createElement: () => new Element() },
    Node: Element,
    location: { reload: () => undefined },
    sessionStorage: {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => void stored.set(name, value),
      removeItem: (name: string) => void stored.delete(name),
    },
    fetch: (path: string, options: object) => fetch(base + path, options),
    setTimeout: () => turned(),
    clearTimeout: () => undefined,
    encodeURIComponent,
  });
  let hidden = enter.hidden;
  Object.defineProperty(enter, 'hidden', {
    get: () => hidden,
    set: (value: boolean) => {
      hidden = value;
      if (!value) turned(); // it asks for a key, and then waits for one
    },
  });
  const turn = () => new Promise<void>(done => (turned = done));
  const first = turn();
  runInContext((await get('/console.js')).text, context);
  await first;
  return { el, stored, turn };
}

it('asks for a key, then shows sites with their state and limits, warnings, alarms and certificates', async () => {
  const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
  const script = '<script>alert(1)</script>';
  await house.operator('POST', '/api/sites', { name: script, lfdi: 'A'.repeat(40), bus: 'grocery', ...limits });
  const device = house.device('mill');
  await house.operator('POST', '/api/sites', { name: 'Mill', lfdi: device.lfdi, ...limits });
  await house.operator('POST', '/api/sites', { name: 'Agg', lfdi: 'C'.repeat(40), role: 'aggregator' });
  const steps = { start: t0 - (t0 % 900), stepS: 900, importW: [9000, 8000], exportW: [5000, 5000] };
  expect((await house.operator('POST', '/api/envelopes/import', { site: script, ...steps })).status).toBe(201);
  const alarm = `<LogEvent xmlns="urn:ieee:std:2030.5:ns"><createdDateTime>${t0}</createdDateTime><functionSet>11</functionSet><logEventCode>2</logEventCode><logEventID>1</logEventID><logEventPEN>40732</logEventPEN><profileID>2</profileID></LogEvent>`;
  const at = (await house.operator('GET', '/api/sites/Mill')).json['edev'];
  expect((await device.ask(`/edev/${String(at)}/lel`, { method: 'POST', body: alarm })).status).toBe(201);

  const ending = issue({ profile: 'serca', notBefore: Date.UTC(2024, 0, 1) / 1000, notAfter: t0 + 20 * 86_400 });
  await house.operator('POST', '/api/trust/roots', { certificate: derToPem(ending.der) });

  const { el, stored, turn } = await browser();
  expect([el('enter').hidden, el('main').hidden]).toEqual([false, true]);
  el('key').value = ` ${house.key} `;
  const next = turn();
  el('enter').onsubmit?.({ preventDefault: () => undefined });
  await next;
  expect([el('trouble').textContent, el('enter').hidden, el('main').hidden]).toEqual(['', true, false]);
  expect([stored.get('headroom key'), el('key').value]).toEqual([house.key, '']);
  const [, ...rows] = el('sites').children.map(({ text }) => text);
  expect(rows).toEqual([
    expect.stringContaining(`${script} | device | grocery | envelope | 9.0 kW | 5.0 kW | 2026-09-21`),
    expect.stringMatching(/Mill \| device \| 1 alarm \| 2.0 kW \| 1.0 kW$/),
    expect.stringMatching(/Agg \| aggregator \| speaks for others$/),
  ]);
  expect(el('warnings').text).toMatch(/root [0-9A-F]{8} ends in 20 days.*1 alarms stand/);
  expect(el('alarms').text).toMatch(/Alarm/);
  expect(el('certificates').children.length).toBeGreaterThan(2);
  const ends = el('certificates').children.slice(1);
  expect(ends.flatMap(row => (row.children[2]?.className === 'bad number' ? [row.children[2].text] : []))).toEqual([
    '20',
  ]);
  expect(el('runs').text).toContain('published');
  expect(el('log').text).toContain('a certificate of ours ends soon');
  expect([el('next').disabled, el('back').disabled]).toEqual([true, true]);

  await house.operator('PUT', `/api/envelopes/${encodeURIComponent(script)}/withdrawal`, {
    reason: 'safety',
  });
  const viewer = await house.operator('POST', '/api/keys', { name: 'viewer', role: 'viewer' });
  const again = await browser(String(viewer.json['key']));
  expect(again.el('sites').text).toContain('withdrawn: safety | 2.0 kW | 1.0 kW');
  expect(again.el('warnings').text).toContain('the envelopes of 1 sites are withdrawn');
  expect(again.el('log').children).toHaveLength(1); // a viewer may not read it: the header alone
});

it('says what is wrong with a key', async () => {
  const { el } = await browser('nonsense');
  expect([el('enter').hidden, el('main').hidden]).toEqual([false, true]);
});
