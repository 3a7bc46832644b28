/** What other rooms use of this one. */
export { alertOf } from './alerts';
export { parseCertificate, type Certificate } from './certificate';
export { type AcceptedChain, type ChainOptions, type ChainVerdict, checkChain } from './chain';
export { ccm8, gcm } from './cipher-policy';
export { clientTls, type ClientTlsOptions, outboundTls, type OutboundTlsOptions, ServerRefused } from './client-tls';
export { deviceServer, type DeviceServer, type DeviceServerOptions } from './device-server';
export { type Hardware } from './extensions';
export { chainPem, issue, type Issued, type IssueRequest, keyToPem } from './issue';
export {
  canonicalLfdi,
  isPin,
  isSfdi,
  type Lfdi,
  lfdiOf,
  type Pin,
  pinOf,
  randomPin,
  registrationCode,
  sameLfdi,
  type Sfdi,
  sfdiDigits,
  sfdiOf,
  showLfdi,
  showPin,
  showSfdi,
} from './lfdi';
export { acceptPeer, type PeerIdentity, peerOf } from './peer';
export { derToPem, pemToDer } from './pem';
export { createPki, type Device, issueDevice, type Pki } from './pki';
export {
  deviceFiles,
  type DeviceInfo,
  initPki,
  issuedFromPem,
  loadPki,
  loadServerFiles,
  pkiDir,
  writeDevice,
  writePki,
} from './pki-files';
export { type ProfileName } from './profile-rules';
export { type Reason, reasons, type Refusal } from './reasons';
export { type Credentials, serverTls, type ServerTlsOptions } from './server-tls';
export { Trust, type TrustedRoot, type TrustOptions } from './trust';
export { selfTest } from './self-test';
