import { resolve } from 'node:path';
import { type AddCommand } from './command';
import { moment } from './table';
import { momentOption } from './time-option';
import { withOperator } from './with-operator';

interface Row {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly from: string;
  readonly what: string;
  readonly subject: string;
  readonly outcome: string;
  readonly detail: object;
}

interface AuditOptions {
  since?: string;
  until?: string;
  who?: string;
  what?: string;
  subject?: string;
  json?: boolean;
}

/** `headroom audit`: who did what, and who was refused. */
export const audit: AddCommand = (program, io) => {
  program
    .command('audit')
    .argument('<dir>')
    .option('--since <time>', 'from this moment on, such as 2026-10-12 or 2026-10-12T08:30Z')
    .option('--until <time>', 'up to this moment')
    .option('--who <who>', 'such as "key dispatch" or "device 3E4F…"')
    .option('--what <what>', 'such as "POST /api/sites" or "access.denied"')
    .option('--subject <subject>', 'site, LFDI or path it was done to')
    .option('--json', 'one JSON object a line, whole, for export')
    .description('print the audit trail, oldest first')
    .action(async (dir: string, options: AuditOptions) => {
      const query = new URLSearchParams({ limit: '1000' });
      const set = (name: string, value: string | number | undefined) => {
        if (value !== undefined) query.set(name, String(value));
      };
      if (options.since !== undefined) set('from', momentOption('--since', options.since));
      if (options.until !== undefined) set('to', momentOption('--until', options.until));
      for (const name of ['who', 'what', 'subject'] as const) set(name, options[name]);
      await withOperator(resolve(io.cwd, dir), io, async api => {
        for (let after = '0'; ;) {
          query.set('after', after);
          const { rows, next } = await api.get<{ rows: Row[]; next?: string }>(`/api/audit?${query.toString()}`);
          for (const row of rows) io.out(options.json ? JSON.stringify(row) : line(row));
          if (next === undefined) return;
          after = next;
        }
      });
    });
};

const line = ({ at, who, from, what, subject, outcome, detail }: Row): string =>
  [
    moment(at),
    outcome.padEnd(7),
    who,
    ...(from === '' ? [] : [`from ${from}`]),
    what,
    ...(subject === '' ? [] : [subject]),
    ...(Object.keys(detail).length === 0 ? [] : [JSON.stringify(detail)]),
  ].join('  ');
