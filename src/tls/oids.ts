/** Object identifiers of RFC 5280, RFC 4108 and IEEE 2030.5-2018 6.11. */
export const oid = {
  ecPublicKey: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
  ecdsaWithSha1: '1.2.840.10045.4.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',

  commonName: '2.5.4.3',
  organization: '2.5.4.10',

  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',

  anyPolicy: '2.5.29.32.0',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  hardwareModuleName: '1.3.6.1.5.5.7.8.4',

  genericDevice: '1.3.6.1.4.1.40732.1.1',
  mobileDevice: '1.3.6.1.4.1.40732.1.2',
  postManufactureDevice: '1.3.6.1.4.1.40732.1.3',
  testCertificate: '1.3.6.1.4.1.40732.2.1',
  selfSignedPolicy: '1.3.6.1.4.1.40732.2.2',
  serviceProvider: '1.3.6.1.4.1.40732.2.3',
  bulkIssued: '1.3.6.1.4.1.40732.2.4',
} as const;

export const deviceTypes: readonly string[] = [oid.genericDevice, oid.mobileDevice, oid.postManufactureDevice];

/** hwType under a private enterprise number: `arc` is the manufacturer's own tree, such as 13.1. */
export function hardwareType(pen: number, arc = '1.1'): string {
  return `1.3.6.1.4.1.${pen}.${arc}`;
}

/** True for dotted decimal text that DER can carry: two arcs or more, the first 0-2, the second below 40 under 0 and 1. */
export function isOid(text: string): boolean {
  if (!/^[0-2](\.(0|[1-9]\d{0,9}))+$/.test(text)) return false;
  const [first, second] = text.split('.').map(Number);
  return first === 2 ? (second ?? 0) < 48 : (second ?? 40) < 40;
}
