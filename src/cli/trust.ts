import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AddCommand } from './command';
import { allPages } from './operator-api';
import { moment, table } from './table';
import { withOperator } from './with-operator';

interface Certificate {
  readonly name: string;
  readonly fingerprint: string;
  readonly notAfter: number;
  readonly daysLeft: number;
  readonly from?: string;
  readonly trusted?: boolean;
}

interface Json {
  json?: boolean;
}

/** `headroom trust`: roots, revocations and the server's own certificate. */
export const trust: AddCommand = (program, io) => {
  const group = program.command('trust').description("roots, revocations and the server's own certificate");
  const home = (dir: string) => resolve(io.cwd, dir);

  group
    .command('list')
    .argument('<dir>')
    .option('--json')
    .description('our certificates and roots, with the days they have left')
    .action(async (dir: string, { json }: Json) => {
      const { certificates } = await withOperator(home(dir), io, api =>
        api.get<{ certificates: Certificate[] }>('/api/trust/certificates'),
      );
      if (json) io.out(JSON.stringify(certificates));
      else
        for (const row of table(
          ['NAME', 'DAYS LEFT', 'ENDS', 'TRUSTED', 'FINGERPRINT'],
          certificates.map(({ name, daysLeft, notAfter, trusted, from, fingerprint }) => [
            name,
            daysLeft,
            moment(notAfter),
            trusted === undefined ? '' : `${trusted ? 'yes' : 'retired'} (${from ?? ''})`,
            fingerprint,
          ]),
        ))
          io.out(row);
    });

  group
    .command('add')
    .argument('<dir>')
    .argument('<file>', 'PEM of a root')
    .option('--json')
    .description('trust one more root, at once')
    .action(async (dir: string, file: string, { json }: Json) => {
      const certificate = readFileSync(resolve(io.cwd, file), 'utf8');
      const made = await withOperator(home(dir), io, api =>
        api.post<{ fingerprint: string }>('/api/trust/roots', { certificate }),
      );
      io.out(json ? JSON.stringify(made) : `root ${made.fingerprint} is trusted`);
    });

  group
    .command('retire')
    .argument('<dir>')
    .argument('<fingerprint>', 'or its first 8 digits or more')
    .option('--json')
    .description('trust a root no longer; connections that rest on it end')
    .action(async (dir: string, fingerprint: string, { json }: Json) => {
      await withOperator(home(dir), io, api => api.remove(`/api/trust/roots/${encodeURIComponent(fingerprint)}`));
      io.out(json ? JSON.stringify({ retired: fingerprint }) : `root ${fingerprint} is retired`);
    });

  group
    .command('renew')
    .argument('<dir>')
    .option('--json')
    .description("after new files were put in place: serve with the server's new key and chain, without a restart")
    .action(async (dir: string, { json }: Json) => {
      const renewed = await withOperator(home(dir), io, api => api.post<{ lfdi: string }>('/api/trust/renew'));
      io.out(json ? JSON.stringify(renewed) : `serving as LFDI ${renewed.lfdi}`);
    });

  group
    .command('revoked')
    .argument('<dir>')
    .option('--json')
    .description('LFDIs that are not let in (`headroom site revoke` adds to them)')
    .action(async (dir: string, { json }: Json) => {
      const all = await withOperator(home(dir), io, api =>
        allPages<{ lfdi: string; since: number }>(api, '/api/revocations', 'revocations'),
      );
      if (json) io.out(JSON.stringify(all));
      else for (const { lfdi, since } of all) io.out(`${lfdi}  since ${moment(since)}`);
    });
};
