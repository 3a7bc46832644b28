/** Who is under test: by a certificate it has, by its LFDI, or by one the lab makes for it. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../../base/problem';
import { type Role } from '../../../conformance-tests/clients/client-scenario';
import { type ClientUnderTest } from '../../../conformance-tests/clients/stage';
import {
  canonicalLfdi,
  deviceFiles,
  type DeviceInfo,
  issueDevice,
  isPin,
  lfdiOf,
  pemToDer,
  type Pki,
  sfdiOf,
  writeDevice,
} from '../../tls';
import { type Io } from '../command';

/** PIN of the CSIP tests. */
const testPin = 111_115;

/** @throws Problem BAD_USAGE when a PIN is none, BAD_CERT when a file holds no certificate */
export function clientOf(
  home: string,
  pki: Pki,
  role: Role,
  { client, pin: given }: { readonly client: string; readonly pin?: string },
  io: Pick<Io, 'cwd' | 'say'>,
): ClientUnderTest {
  const pin = given === undefined ? undefined : Number(given);
  if (pin !== undefined && !isPin(pin))
    throw new Problem('BAD_USAGE', { at: '--pin', got: given, want: 'six digits whose sum is a multiple of ten' });
  const known = (name: string, lfdi: string, own = testPin) => ({ name, lfdi, sfdi: sfdiOf(lfdi), pin: pin ?? own });
  if (/^[0-9a-f]{40}$/i.test(client)) return known(client.slice(0, 8), canonicalLfdi(client));
  const file = resolve(io.cwd, client);
  if (/[./\\]/.test(client)) {
    const [leaf] = existsSync(file) ? pemToDer(readFileSync(file, 'utf8'), file) : [];
    if (!leaf) throw new Problem('BAD_CERT', { at: file, note: 'no certificate there' });
    return known(client.slice(-24), lfdiOf(leaf));
  }
  const { keyFile, chainFile, infoFile } = deviceFiles(home, client);
  if (!existsSync(keyFile)) {
    const made = issueDevice(pki, {
      name: client,
      role: role === 'aggregator' ? 'aggregator' : 'device',
      pin: pin ?? testPin,
    });
    writeDevice(home, made);
    io.say(`made a certificate for ${client}: ${keyFile}, ${chainFile}; PIN ${String(made.pin).padStart(6, '0')}`);
  }
  const { lfdi, pin: own } = JSON.parse(readFileSync(infoFile, 'utf8')) as DeviceInfo;
  return known(client, canonicalLfdi(lfdi), own);
}
