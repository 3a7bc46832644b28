import { type Seconds } from '../../base/clock';
import { type Hardware, hardwareModuleName } from '../extensions';
import { issue, type Issued } from '../issue';
import { type Pki } from '../pki';
import { adding, extendedKeyUsage, nameConstraints, policyMappings } from './alterations';

/** The client certificates of CSIP test COMM-004: A, B and C are to be let in, the rest turned away (protocol facts 7.3). */
export interface Comm004 {
  readonly step: 'A' | 'B' | 'C' | 'D' | 'E' | 'E2' | 'F' | 'G';
  readonly about: string;
  readonly good: boolean;
  readonly device: Issued;
}

/**
 * Made under the PKI's SERCA, valid from `notBefore`; A to C have chains of two, three and four certificates. As a server's they
 * are for clients under test.
 */
export function comm004(
  pki: Pick<Pki, 'serca' | 'mca' | 'mica'>,
  notBefore: Seconds,
  profile: 'device' | 'server' = 'device',
): Comm004[] {
  const hardware = (step: string): Hardware => ({
    typeOid: '1.3.6.1.4.1.99999.13.1',
    serial: Buffer.from(`COMM-004-${step}`),
  });
  const device = (step: string, issuer: Issued) => issue({ profile, issuer, hardware: hardware(step), notBefore });
  const mica = (alter?: ReturnType<typeof adding>) =>
    issue({ profile: 'mica', issuer: alter ? pki.mca : pki.serca, notBefore, ...(alter && { alter }) });
  const cases: [Comm004['step'], string, Issued][] = [
    ['A', 'SERCA, device', pki.serca],
    ['B', 'SERCA, MICA, device', mica()],
    ['C', 'SERCA, MCA, MICA, device', pki.mica],
    ['D', 'MICA with critical extendedKeyUsage', mica(adding(extendedKeyUsage(true)))],
    ['E', 'MICA with nameConstraints', mica(adding(nameConstraints(false)))],
    ['E2', 'MICA with a subjectAltName', mica(adding(hardwareModuleName(hardware('E2'), false)))],
    ['F', 'MICA with policyMappings', mica(adding(policyMappings(false)))],
  ];
  const selfSigned = issue({ profile: 'self-signed', hardware: hardware('G'), notBefore });
  return [
    ...cases.map(([step, about, issuer]) => ({ step, about, good: step < 'D', device: device(step, issuer) })),
    { step: 'G', about: 'self-signed device', good: false, device: selfSigned },
  ];
}
