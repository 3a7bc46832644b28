/** Certificates of simulated sites: those in DIR/certs where they are, new ones of DIR's own PKI where they are not. */
import { existsSync, readFileSync } from 'node:fs';
import { Problem } from '../../base/problem';
import { deviceFiles, issueDevice, issuedFromPem, writeDevice, type DeviceInfo, type Pki } from '../../tls';
import { type Identity } from '../demo/clients';

/** A site's name as `headroom cert DIR NAME` takes it: Van depot is van-depot. Different sites may not come out the same. */
export function certName(site: string): string {
  const name = site
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return name === '' ? 'site' : name;
}

/** @throws Problem BAD_CERT when files are there but damaged, BAD_USAGE when two sites would share a certificate */
export function identities(dir: string, pki: Pki, sites: readonly string[]): Map<string, Identity> {
  const names = new Map<string, string>();
  return new Map(
    sites.map(site => {
      const name = certName(site);
      const other = names.get(name);
      if (other !== undefined)
        throw new Problem('BAD_USAGE', { at: name, note: `sites ${other} and ${site} would share this certificate` });
      names.set(name, site);
      return [site, existing(dir, name) ?? issued(dir, pki, name)];
    }),
  );
}

function issued(dir: string, pki: Pki, name: string): Identity {
  const device = issueDevice(pki, { name, role: 'device' });
  writeDevice(dir, device);
  return device;
}

function existing(dir: string, name: string): Identity | undefined {
  const { keyFile, chainFile, infoFile } = deviceFiles(dir, name);
  if (!existsSync(keyFile)) return undefined;
  try {
    const [keyPem, chainPem] = [readFileSync(keyFile, 'utf8'), readFileSync(chainFile, 'utf8')];
    const { lfdi } = issuedFromPem(keyPem, chainPem, chainFile);
    const { pin } = JSON.parse(readFileSync(infoFile, 'utf8')) as DeviceInfo;
    return { keyPem, chainPem, lfdi, pin };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('BAD_CERT', { at: keyFile, note: 'key, chain or .json beside it cannot be read', cause });
  }
}
