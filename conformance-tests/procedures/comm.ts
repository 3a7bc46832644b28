import { DeviceCapability } from '../../src/model/dcap';
import { Time } from '../../src/model/time';
import { clearDevice, linked, registered } from '../discover';
import { procedure } from '../procedure';

export const comm002 = procedure({
  id: 'COMM-002',
  title: 'Out-of-band discovery',
  requirements: ['CTP COMM-002', 'IEEE 2030.5-2018 clause 7'],
  needs: ['csip', 'out-of-band-registration'],
  fixture: 'One device is registered; address, port and path of DeviceCapability are configured.',
  arrange: lab => registered(lab, 'COMM-002'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET the configured DeviceCapability path over HTTPS.',
      expect: '200 with a schema-valid DeviceCapability whose href is the path asked for.',
      run: async (lab, { wire }, check) => {
        const answer = await wire.send('GET', lab.dcapPath);
        check.equal('status', answer.status, 200);
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        check.equal('href', dcap.href, lab.dcapPath);
      },
    },
    {
      action: 'GET every resource that DeviceCapability links to.',
      expect: 'There is at least one link, each is a local path, and each answers 200.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const links = Object.entries(dcap).filter(
          (entry): entry is [string, { href: string }] => typeof entry[1] === 'object',
        );
        check.that('at least one link', links.length > 0, links.length);
        for (const [name, { href }] of links) {
          check.that(`${name} is a local path`, href.startsWith('/'), href);
          check.equal(`GET ${name}`, (await wire.send('GET', href)).status, 200);
        }
      },
    },
    {
      action: 'HEAD DeviceCapability.',
      expect: '200, the Content-Length of the GET, and no body.',
      run: async (lab, { wire }, check) => {
        const get = await wire.send('GET', lab.dcapPath);
        const head = await wire.send('HEAD', lab.dcapPath);
        check.equal('status', head.status, 200);
        check.equal('Content-Length', head.headers['content-length'], get.headers['content-length']);
        check.equal('body', head.body, '');
      },
    },
    {
      action: 'GET the Time resource through its link.',
      expect: 'A schema-valid Time.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const time = await wire.get(Time, linked(dcap.TimeLink, 'DeviceCapability/TimeLink'));
        check.that('currentTime is a time', time.currentTime > 0, time.currentTime);
      },
    },
  ],
});

export const comm003 = procedure({
  id: 'COMM-003',
  title: 'Basic security',
  requirements: ['CTP COMM-003', 'CSIP P6, P8, P15', 'IEEE 2030.5-2018 6.7'],
  needs: ['csip', 'out-of-band-registration'],
  fixture: 'One device with a certificate of a trusted root is registered.',
  arrange: lab => registered(lab, 'COMM-003'),
  clear: clearDevice,
  steps: [
    {
      action:
        'Connect offering TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 alone, with a client certificate, and GET DeviceCapability.',
      expect: 'TLS 1.2 with cipher suite 0xC0AE is negotiated, both sides are authenticated, and the answer is 200.',
      run: async (lab, { wire }, check) => {
        const answer = await wire.send('GET', lab.dcapPath);
        check.equal('protocol', wire.protocol, 'TLSv1.2');
        check.equal('cipher suite', wire.cipher, 'ECDHE-ECDSA-AES128-CCM8');
        check.equal('status', answer.status, 200);
      },
    },
    {
      action: 'Connect without a client certificate.',
      expect: 'The handshake fails: there is no answer to GET DeviceCapability.',
      run: async (lab, _fixture, check) => {
        check.that('no answer', await lab.refusesWithoutCertificate(), 'an answer was given');
      },
    },
    {
      action: 'Connect with a certificate of another root.',
      expect: 'The connection is refused (alert or disconnect), or every request is answered 403.',
      run: async (lab, _fixture, check) => {
        const stranger = await lab.wire(lab.strangerIdentity('COMM-003 stranger'));
        const status = await stranger.send('GET', lab.dcapPath).then(
          answer => answer.status,
          () => 'refused' as const,
        );
        check.that('refused, or 403', status === 'refused' || status === 403, status);
      },
    },
  ],
});
