import { DeviceCapability } from '../../src/model/dcap';
import { type ChainCase, procedure, type Procedure } from '../procedure';

const titles: Readonly<Record<string, string>> = {
  A: 'chain of two certificates',
  B: 'chain of three certificates',
  C: 'chain of four certificates',
  D: 'MICA with a critical extendedKeyUsage',
  E: 'MICA with a name extension',
  F: 'MICA with policyMappings',
  G: 'self-signed device certificate',
};

interface Fixture {
  readonly cases: readonly ChainCase[];
}

/** Every chain is registered, so that nothing but the chain can be the reason for a refusal. */
const comm004 = (step: string, good: boolean): Procedure =>
  procedure<Fixture>({
    id: `COMM-004${step}`,
    title: `Advanced security: ${titles[step]}`,
    requirements: [`CTP COMM-004${step}`, 'CSIP P15, P16', 'IEEE 2030.5-2018 6.11.8, 6.11.10', 'CTP erratum 7'],
    needs: ['csip', 'out-of-band-registration'],
    fixture: `A device is registered whose certificate comes with this chain: ${titles[step]}.`,
    arrange: async lab => {
      const cases = lab.chainCases().filter(each => each.step.startsWith(step));
      for (const { identity } of cases) await lab.operator.registerDevice(identity);
      return { cases };
    },
    clear: async (lab, fixture) => {
      for (const { identity } of fixture?.cases ?? []) await lab.operator.removeDevice(identity.lfdi);
    },
    steps: [
      {
        action: 'Connect with the chain and GET DeviceCapability.',
        expect: good
          ? 'The handshake succeeds and the answer is 200.'
          : 'The server refuses: a TLS alert, a disconnect, or 403.',
        run: async (lab, { cases }, check) => {
          for (const { about, identity } of cases) {
            const wire = await lab.wire(identity);
            const status = await wire.send('GET', lab.dcapPath).then(
              answer => answer.status,
              () => 'refused' as const,
            );
            if (good) check.equal(about, status, 200);
            else check.that(`${about}: refused, or 403`, status === 'refused' || status === 403, status);
            if (good) check.equal('href', (await wire.get(DeviceCapability, lab.dcapPath)).href, lab.dcapPath);
          }
        },
      },
    ],
  });

export const comm004s = [...'ABC']
  .map(step => comm004(step, true))
  .concat([...'DEFG'].map(step => comm004(step, false)));
