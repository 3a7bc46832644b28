import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command } from 'commander';
import { Problem } from '../base/problem';
import { type Site } from '../functions/site';
import { type AddCommand, type Io } from './command';
import { readCsv } from './csv';
import { checkColumns, siteBody, siteColumns } from './site-fields';
import { importSites } from './site-import';
import { allPages } from './operator-api';
import { withOperator } from './with-operator';

interface SiteOptions {
  lfdi?: string;
  name?: string;
  aggregator?: boolean;
  manager?: string;
  pin?: string;
  dialect?: string;
  bus?: string;
  phases?: string;
  maxImportW?: string;
  maxExportW?: string;
  firmImportW?: string;
  firmExportW?: string;
  json?: boolean;
}

const line = (site: Site): string =>
  `${site.edev.padStart(5)}  ${site.name.padEnd(24)} ${site.role.padEnd(10)} ${site.lfdi}  firm ${site.firmImportW}/${site.firmExportW} W  most ${site.maxImportW}/${site.maxExportW} W  ${site.bus ?? ''}`;

function show(io: Io, json: boolean | undefined, sites: readonly Site[]): void {
  if (json) io.out(JSON.stringify(sites));
  else for (const site of sites) io.out(line(site));
}

function limits(command: Command): Command {
  return command
    .option('--bus <bus>', 'bus of the network file')
    .option('--max-import-w <w>', 'most it may ever draw')
    .option('--max-export-w <w>', 'most it may ever feed in')
    .option('--firm-import-w <w>', 'contractual import floor')
    .option('--firm-export-w <w>', 'contractual export floor')
    .option('--dialect <id>', '2018, csipaus-1.2, csipaus-1.3');
}

export const site: AddCommand = (program, io) => {
  const group = program
    .command('site')
    .description('register, list and remove sites; works with and without a running server');
  const home = (dir: string) => resolve(io.cwd, dir);

  limits(group.command('add').argument('<dir>').argument('<name>').requiredOption('--lfdi <lfdi>', '40 hex digits'))
    .option('--aggregator', 'a client that speaks for the sites it manages')
    .option('--manager <lfdi>', 'LFDI of the aggregator that speaks for it')
    .option('--pin <pin>', 'PIN with check digit')
    .option('--phases <phases>', 'such as 1 or 123')
    .option('--json')
    .description('register one site')
    .action(async (dir: string, name: string, options: SiteOptions) => {
      const body = siteBody({ ...options, name }, optionOf);
      const made = await withOperator(home(dir), io, api => api.post<Site>('/api/sites', body));
      show(io, options.json, [made]);
    });

  group
    .command('import')
    .argument('<dir>')
    .argument('<file>', `CSV with a header; columns: ${siteColumns.join(', ')}`)
    .option('--skip-bad', 'register the good rows though there are bad ones')
    .option('--json')
    .description('register many sites, all or none; every bad row is told with its line')
    .action(
      async (dir: string, file: string, { skipBad = false, json = false }: { skipBad?: boolean; json?: boolean }) => {
        const path = resolve(io.cwd, file);
        const rows = readCsv(readText(path), path);
        checkColumns(rows, path);
        const { added, bad } = await withOperator(home(dir), io, api => importSites(api, io, rows, { skipBad }));
        if (json) io.out(JSON.stringify({ added: added.length, sites: added, bad }));
        else for (const { line, reason } of bad) io.out(`${path}:${line}: ${reason}`);
        if (!json) io.out(`${added.length} sites registered`);
        if (bad.length === 0) return;
        io.exitCode = 1;
        const note = `${bad.length} bad rows ${skipBad ? 'left out' : 'and so none registered'}`;
        io.say(`headroom: ${new Problem('BAD_VALUE', { at: path, note }).advice}`);
      },
    );

  group
    .command('list')
    .argument('<dir>')
    .option('--json')
    .description('all sites')
    .action(async (dir: string, options: SiteOptions) => {
      const sites = await withOperator(home(dir), io, api => allPages<Site>(api, '/api/sites', 'sites'));
      show(io, options.json, sites);
    });

  group
    .command('show')
    .argument('<dir>')
    .argument('<site>', 'id, name or LFDI')
    .option('--json', 'in one line')
    .description('everything known of one site')
    .action(async (dir: string, which: string, { json = false }: { json?: boolean }) => {
      const found = await withOperator(home(dir), io, api => api.get<Site>(`/api/sites/${encodeURIComponent(which)}`));
      io.out(json ? JSON.stringify(found) : JSON.stringify(found, null, 2));
    });

  limits(group.command('change').argument('<dir>').argument('<site>'))
    .option('--json')
    .description('change limits, place or dialect of a site')
    .action(async (dir: string, which: string, options: SiteOptions) => {
      const body = siteBody({ ...options }, optionOf);
      if (Object.keys(body).length === 0)
        throw new Problem('BAD_USAGE', { at: 'site change', note: 'name what is to change, such as --max-import-w' });
      const changed = await withOperator(home(dir), io, api =>
        api.patch<Site>(`/api/sites/${encodeURIComponent(which)}`, body),
      );
      show(io, options.json, [changed]);
    });

  group
    .command('rekey')
    .argument('<dir>')
    .argument('<site>', 'id, name or LFDI')
    .argument('<lfdi>', 'LFDI of its new certificate')
    .option('--pin <pin>', 'PIN of the new device, where it has another')
    .option('--json')
    .description('give a site the LFDI of its new certificate; all else stays')
    .action(async (dir: string, which: string, lfdi: string, options: SiteOptions) => {
      const { pin } = siteBody({ pin: options.pin }, optionOf);
      const changed = await withOperator(home(dir), io, api =>
        api.post<Site>(`/api/sites/${encodeURIComponent(which)}/rekey`, { lfdi, ...(pin !== undefined && { pin }) }),
      );
      show(io, options.json, [changed]);
    });

  group
    .command('remove')
    .argument('<dir>')
    .argument('<site>')
    .option('--with-managed', 'of an aggregator: the sites it speaks for too')
    .option('--json')
    .description('remove a site and all that hangs below it')
    .action(async (dir: string, which: string, options: { withManaged?: boolean; json?: boolean }) => {
      const query = options.withManaged ? '?managed=remove' : '';
      await withOperator(home(dir), io, api => api.remove(`/api/sites/${encodeURIComponent(which)}${query}`));
      io.out(options.json ? JSON.stringify({ removed: which }) : `${which} removed`);
    });

  group
    .command('revoke')
    .argument('<dir>')
    .argument('<lfdi>', 'LFDI that is not to be let in any more; open connections end at once')
    .option('--undo', 'let it in again')
    .option('--json')
    .description('revoke a certificate')
    .action(async (dir: string, lfdi: string, options: { undo?: boolean; json?: boolean }) => {
      const path = `/api/revocations/${encodeURIComponent(lfdi)}`;
      await withOperator(home(dir), io, api => (options.undo ? api.remove(path) : api.put(path, {})));
      const revoked = !(options.undo ?? false);
      io.out(
        options.json ? JSON.stringify({ lfdi, revoked }) : `${lfdi} ${revoked ? 'is revoked' : 'is let in again'}`,
      );
    });
};

/** `maxImportW` as the command line calls it. */
const optionOf = (name: string): string =>
  name === 'name' ? 'NAME' : `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: path, note: 'cannot be read', cause });
  }
}
