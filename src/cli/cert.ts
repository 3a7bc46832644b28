import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Problem } from '../base/problem';
import { readConfig } from '../server/config';
import { deviceFiles, isPin, issueDevice, loadPki, showLfdi, showPin, showSfdi, writeDevice } from '../tls';
import { type AddCommand } from './command';

interface CertOptions {
  aggregator?: boolean;
  serial?: string;
  hwType?: string;
  pin?: string;
  json?: boolean;
}

/** Names become file names: nothing that could leave the folder, be hidden or differ between file systems. */
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** `headroom cert DIR NAME`: a key and chain for a client of the test PKI in DIR. */
export const cert: AddCommand = (program, io) => {
  program
    .command('cert')
    .argument('<dir>', 'folder made by `headroom init`')
    .argument('<name>', 'name of the device; its files and, unless given, its serial number are called so')
    .option('--aggregator', 'a certificate for an aggregator (service provider)')
    .option('--serial <serial>', 'hardware serial number')
    .option('--hw-type <oid>', 'object identifier of the hardware type')
    .option('--pin <pin>', 'six digits with a right check digit, instead of a random PIN')
    .option('--json', 'print one JSON object')
    .description('make a device key and certificate chain in DIR/certs')
    .action((dir: string, name: string, options: CertOptions) => {
      if (!nameForm.test(name))
        throw new Problem('BAD_USAGE', {
          at: 'NAME',
          got: name,
          want: '1-64 letters, digits, dots, dashes or underscores, beginning with a letter or digit',
        });
      const home = resolve(io.cwd, dir);
      const pki = loadPki(home, existsSync(join(home, 'config.json')) ? readConfig(home).pki : undefined);
      for (const path of Object.values(deviceFiles(home, name)) as string[])
        if (existsSync(path))
          throw new Problem('BAD_USAGE', {
            at: path,
            note: 'it is there already and is not overwritten; choose another name',
          });
      const device = asUsage(() =>
        issueDevice(pki, {
          name,
          role: options.aggregator ? 'aggregator' : 'device',
          ...(options.serial !== undefined && { serial: options.serial }),
          ...(options.hwType !== undefined && { hwType: options.hwType }),
          ...(options.pin !== undefined && { pin: pinFrom(options.pin) }),
        }),
      );
      const files = writeDevice(home, device);
      const { role, lfdi, sfdi, pin, serial, hwType } = device;
      if (options.json) {
        const { keyFile, chainFile } = files;
        io.out(JSON.stringify({ name, role, lfdi, sfdi, pin, serial, hwType, keyFile, chainFile }));
        return;
      }
      io.out(`LFDI   ${lfdi}   ${showLfdi(lfdi)}`);
      io.out(`SFDI   ${sfdi}   ${showSfdi(sfdi)}`);
      io.out(`PIN    ${showPin(pin)}`);
      io.out(`key    ${relative(io.cwd, files.keyFile)}`);
      io.out(`chain  ${relative(io.cwd, files.chainFile)}`);
    });
};

function pinFrom(text: string): number {
  if (!/^\d{1,6}$/.test(text) || !isPin(Number(text)))
    throw new Problem('BAD_USAGE', {
      at: '--pin',
      got: text,
      want: 'six digits whose sum is a multiple of ten, such as 111115',
    });
  return Number(text);
}

/** What is a bad value in a document is wrong usage on the command line. */
function asUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Problem && error.code === 'BAD_VALUE') throw new Problem('BAD_USAGE', error.detail);
    throw error;
  }
}
