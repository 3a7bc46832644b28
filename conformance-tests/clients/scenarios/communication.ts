/** COMM-002 to COMM-004 and ERR-001 for clients: how they come to the server, and which servers they must not talk to. */
import { keyToPem, chainPem } from '../../../src/tls';
import { comm004 } from '../../../src/tls/testing/comm-004';
import { type ClientScenario } from '../client-scenario';
import { check, expectation, findsItsWay, gets } from '../expectations';
import { responded } from '../responses';
import { leadS } from '../client-scenario';
import { stageEvent, stagePrograms, type Stage } from '../stage';

const both = ['der-client', 'aggregator'] as const;

const comm002: ClientScenario = {
  id: 'COMM-002',
  title: 'Out-of-band discovery',
  requirements: ['CTP COMM-002', 'CSIP P2, P6'],
  roles: both,
  needs: ['csip'],
  arranged: 'The client is registered and is told address, port and path of DeviceCapability.',
  lastsS: 60,
  script: [],
  expect: [
    check('Its first GET is that of DeviceCapability.', ({ all }) => all[0]?.resource === 'DeviceCapability'),
    expectation('It follows at least one link of it.', (seen, checks) => {
      const linked = seen.all.filter(each => each.resource !== 'DeviceCapability' && each.status === 200);
      checks.that('GET of something linked', linked.length > 0);
    }),
  ],
};

const comm003: ClientScenario = {
  id: 'COMM-003',
  title: 'Basic security',
  requirements: ['CTP COMM-003', 'CSIP P8-P10, P15', 'RFC 7251'],
  roles: both,
  needs: ['csip'],
  arranged:
    'The client is registered; the server offers TLS 1.2 with ECDHE-ECDSA-AES128-CCM8 alone and asks for a certificate.',
  lastsS: 60,
  script: [],
  expect: [
    expectation('It connects with TLS 1.2, this suite and its certificate.', (seen, checks) => {
      const [first] = seen.all;
      checks.equal('protocol', first?.protocol, 'TLSv1.2');
      checks.equal('cipher suite', first?.cipher, 'ECDHE-ECDSA-AES128-CCM8');
      checks.equal('LFDI of its certificate', first?.lfdi, seen.stage.client.lfdi);
    }),
    gets('DeviceCapability'),
  ],
};

const depths = { A: 'two', B: 'three', C: 'four' } as const;
const wrong = {
  D: 'whose MICA has a critical extendedKeyUsage',
  E: 'whose MICA has nameConstraints',
  F: 'whose MICA has policyMappings',
  G: 'that signed its certificate itself',
} as const;

/** Shows the chain of this step, made as a server's under the lab's own root. */
const showing =
  (step: string) =>
  async ({ front, pki, clock }: Stage): Promise<void> => {
    const shown = comm004(pki, clock.steady.now() - 86_400, 'server').find(each => each.step === step);
    if (shown) front.present({ keyPem: keyToPem(shown.device.key), chainPem: chainPem(shown.device) });
  };

const comm004s: readonly ClientScenario[] = [
  ...Object.entries(depths).map(([step, depth]): ClientScenario => ({
    id: `COMM-004${step}`,
    title: `Advanced security: a server with a chain of ${depth} certificates`,
    requirements: ['CTP COMM-004', 'CSIP P15', 'IEEE 2030.5-2018 6.11'],
    roles: both,
    needs: ['csip'],
    arranged: `The server shows a chain of ${depth} certificates, its root included.`,
    lastsS: 40,
    arrange: showing(step),
    script: [],
    expect: [gets('DeviceCapability')],
  })),
  ...Object.entries(wrong).map(([step, about]): ClientScenario => ({
    id: `COMM-004${step}`,
    title: `Advanced security: a server ${about}`,
    requirements: ['CTP COMM-004', 'CSIP P15, P16', 'IEEE 2030.5-2018 6.11.10.1'],
    roles: both,
    needs: ['csip'],
    arranged: `The server shows the certificate of one ${about}.`,
    lastsS: 120,
    unheard: true,
    arrange: showing(step),
    script: [],
    expect: [
      check(
        'It tries to connect.',
        ({ stage }) => stage.front.connections > 0,
        ({ stage }) => stage.front.connections,
      ),
      check(
        'It sends no request.',
        ({ all }) => all.length === 0,
        ({ all }) => all.map(({ path }) => path),
      ),
    ],
  })),
];

const err001: ClientScenario = {
  id: 'ERR-001',
  title: 'Redirect',
  requirements: ['CTP ERR-001', 'IEEE 2030.5-2018 5.5.2.3'],
  roles: both,
  needs: ['csip', 'redirect'],
  arranged: 'The first GET of DeviceCapability is answered with 302, and an hour-long event stands in a program.',
  lastsS: 120,
  arrange: async stage => {
    stage.front.faults.add({ do: 'redirect', status: 302, on: { resource: 'DeviceCapability' }, times: 1 });
    await stagePrograms(stage, { id: 'ERR-001', programs: { P: { primacy: 1 } } });
  },
  script: [
    {
      atS: leadS,
      about: 'Create an event that starts in an hour.',
      run: async stage =>
        void (await stageEvent(stage, {
          name: 'E',
          program: 'P',
          startS: 3600,
          durationS: 60,
          base: { opModMaxLimW: 5000 },
        })),
    },
  ],
  expect: [
    expectation('It asks at the Location.', (seen, checks) => {
      const [sent, then] = seen.gets('DeviceCapability');
      checks.equal('redirected', sent?.status, 302);
      checks.that('the next GET is at the Location', then?.path.startsWith('/moved/') === true, then?.path);
    }),
    findsItsWay,
    check('It answers the event: received.', seen => responded(seen, 'E', 1).length > 0),
  ],
};

export const communication: readonly ClientScenario[] = [comm002, comm003, ...comm004s, err001];
