/** CORE-001 and CORE-002: HTTP, case by case (protocol facts 2.1, 2.2). */
import { write } from '../../src/codec/write';
import { DeviceCapability } from '../../src/model/dcap';
import { dialects } from '../../src/model/dialect';
import { LogEvent } from '../../src/model/log';
import { clearDevice, linked, ownDevice, registered, type Registered } from '../discover';
import { procedure, type Lab } from '../procedure';

const logEvent = (now: number): LogEvent => ({
  createdDateTime: now,
  functionSet: 0,
  logEventCode: 0,
  logEventID: 1,
  logEventPEN: 40732,
  profileID: 2,
});
const bodyOf = (now: number) => write(LogEvent, logEvent(now), { dialect: dialects['2018'] });
const logAt = async (lab: Lab, { wire }: Registered): Promise<string> =>
  linked((await ownDevice(wire, lab.dcapPath)).LogEventListLink, 'EndDevice/LogEventListLink');

export const core001 = procedure({
  id: 'CORE-001',
  title: 'HTTP request',
  requirements: ['CTP CORE-001', 'IEEE 2030.5-2018 5.5, 6.4'],
  needs: ['csip', 'out-of-band-registration', 'log-events'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'CORE-001'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET DeviceCapability with each of several Accept headers.',
      expect:
        'What admits application/sep+xml is answered 200 with it, whatever its case and parameters; what does not is 406.',
      run: async (lab, { wire }, check) => {
        const good = [
          'application/sep+xml',
          'application/sep+xml; level=-S1',
          'Application/SEP+XML;level=+S1',
          'application/sep-exi;q=0.5, application/sep+xml',
          '*/*',
        ];
        for (const accept of good) {
          const { status, headers } = await wire.send('GET', lab.dcapPath, { headers: { Accept: accept } });
          check.equal(`Accept: ${accept}`, status, 200);
          check.that(
            'Content-Type',
            /^application\/sep\+xml/i.test(headers['content-type'] ?? ''),
            headers['content-type'],
          );
        }
        const { status } = await wire.send('GET', lab.dcapPath, { headers: { Accept: 'text/html' } });
        check.equal('Accept: text/html', status, 406);
      },
    },
    {
      action: 'POST a LogEvent with each of several Content-Types.',
      expect: 'application/sep+xml with any parameters is taken; another type is 415.',
      run: async (lab, fixture, check) => {
        const at = await logAt(lab, fixture);
        const body = bodyOf(await lab.serverTime(fixture.wire));
        const post = (type: string) => fixture.wire.send('POST', at, { body, headers: { 'Content-Type': type } });
        for (const type of [
          'application/sep+xml',
          'application/sep+xml; charset=utf-8',
          'Application/Sep+Xml;level=+S1',
        ])
          check.equal(`Content-Type: ${type}`, (await post(type)).status, 201);
        check.equal('Content-Type: text/plain', (await post('text/plain')).status, 415);
      },
    },
    {
      action: 'Send a Host, several requests on one connection, and unknown headers.',
      expect: 'All are answered alike, with the right Content-Length.',
      run: async (lab, { wire }, check) => {
        const first = await wire.send('GET', lab.dcapPath);
        const second = await wire.send('GET', lab.dcapPath, {
          headers: { 'X-Unknown': 'yes', 'Cache-Control': 'no-cache' },
        });
        check.equal('the same body', second.body, first.body);
        check.equal('Content-Length', second.headers['content-length'], String(Buffer.byteLength(first.body)));
      },
    },
  ],
});

export const core002 = procedure({
  id: 'CORE-002',
  title: 'HTTP response',
  requirements: ['CTP CORE-002', 'CTP errata 30', 'IEEE 2030.5-2018 5.5.2'],
  needs: ['csip', 'out-of-band-registration', 'log-events'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'CORE-002'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET and HEAD DeviceCapability.',
      expect: '200 for both; HEAD has the headers of GET and no body.',
      run: async (lab, { wire }, check) => {
        const [get, head] = [await wire.send('GET', lab.dcapPath), await wire.send('HEAD', lab.dcapPath)];
        check.equal('GET', get.status, 200);
        check.equal('HEAD', head.status, 200);
        check.equal('Content-Length of HEAD', head.headers['content-length'], get.headers['content-length']);
        check.equal('body of HEAD', head.body, '');
      },
    },
    {
      action: 'POST a LogEvent, GET it at its Location, DELETE it, and GET it again.',
      expect: '201 with Location, 200, 200 or 204, and 404.',
      run: async (lab, fixture, check) => {
        const { wire } = fixture;
        const made = await wire.send('POST', await logAt(lab, fixture), { body: bodyOf(await lab.serverTime(wire)) });
        check.equal('POST', made.status, 201);
        const at = made.headers['location'] ?? '';
        check.equal('GET Location', (await wire.send('GET', at)).status, 200);
        const gone = (await wire.send('DELETE', at)).status;
        check.that('DELETE', gone === 200 || gone === 204, gone);
        check.equal('GET after DELETE', (await wire.send('GET', at)).status, 404);
      },
    },
    {
      action: 'Send requests that cannot be served.',
      expect:
        '400 without Host, for a body that is no XML and one that does not fit the schema; 404 for an unknown path; 405 with Allow for POST to DeviceCapability; 501 for a method nobody knows.',
      run: async (lab, fixture, check) => {
        const { wire } = fixture;
        const log = await logAt(lab, fixture);
        const body = bodyOf(await lab.serverTime(wire));
        const status = async (...sent: Parameters<typeof wire.send>) => (await wire.send(...sent)).status;
        check.equal('an unknown path', await status('GET', '/no/such/path'), 404);
        const refused = await wire.send('POST', lab.dcapPath, { body });
        check.equal('POST to DeviceCapability', refused.status, 405);
        check.that(
          'Allow has GET and no POST',
          /\bGET\b/.test(refused.headers['allow'] ?? '') && !/POST/.test(refused.headers['allow'] ?? ''),
          refused.headers['allow'],
        );
        check.equal('DELETE of DeviceCapability', await status('DELETE', lab.dcapPath), 405);
        check.equal('a body that is no XML', await status('POST', log, { body: '<LogEvent' }), 400);
        const empty = '<LogEvent xmlns="urn:ieee:std:2030.5:ns"></LogEvent>';
        check.equal('a body without what is required', await status('POST', log, { body: empty }), 400);
        check.equal('no Host', await status('GET', lab.dcapPath, { host: false }), 400);
        check.equal('method FOO', await status('FOO', lab.dcapPath), 501);
        check.equal('still served after all this', await status('GET', lab.dcapPath), 200);
      },
    },
    {
      action: 'GET DeviceCapability over plain HTTP, where the server has such a port.',
      expect: '301 or 302 to the HTTPS address.',
      run: async (lab, { wire }, check) => {
        if (!lab.plain)
          return check.that(
            'the server has no plain port',
            (await wire.get(DeviceCapability, lab.dcapPath)).href !== undefined,
          );
        const { status, location } = await lab.plain(lab.dcapPath);
        check.that('301 or 302', status === 301 || status === 302, status);
        check.that('Location is https', location?.startsWith('https://') === true, location);
      },
    },
  ],
});
