import { resolve } from 'node:path';
import { Option } from 'commander';
import { logLevels } from '../services/log-lines';
import { type AddCommand } from './command';
import { allPages, operatorApi } from './operator-api';
import { moment } from './table';
import { momentOption } from './time-option';

interface Line {
  readonly at: number;
  readonly level: string;
  readonly room: string;
  readonly message: string;
  readonly fields: object;
}

interface Incident {
  readonly event: { readonly createdDateTime: number; readonly details: string };
  readonly lfdi: string;
  readonly from: string;
  readonly text: string;
}

interface LogOptions {
  level: string;
  since?: string;
  until?: string;
  room?: string;
  security?: boolean;
  json?: boolean;
}

/** `headroom log`: what the running server has logged lately, and security events. */
export const log: AddCommand = (program, io) => {
  program
    .command('log')
    .argument('<dir>', 'folder of a running server')
    .addOption(new Option('--level <level>', 'the least level wanted').choices([...logLevels]).default('info'))
    .option('--since <time>', 'from this moment on, such as 2026-10-12 or 2026-10-12T08:30Z')
    .option('--until <time>', 'up to this moment')
    .option('--room <room>', 'part of the server, such as tls, protocol or envelopes')
    .option('--security', 'security events instead: refused connections, registrations and requests; the latest first')
    .option('--json', 'one JSON object a line, whole')
    .description('print the latest lines of the log of a running server, oldest first')
    .action(async (dir: string, { level, since, until, room, security, json }: LogOptions) => {
      const api = operatorApi(resolve(io.cwd, dir));
      if (security) {
        for (const event of await allPages<Incident>(api, '/api/security-events', 'events'))
          io.out(json ? JSON.stringify(event) : incident(event));
        return;
      }
      const query = new URLSearchParams({
        level,
        ...(since !== undefined && { from: String(momentOption('--since', since)) }),
        ...(until !== undefined && { to: String(momentOption('--until', until)) }),
        ...(room !== undefined && { room }),
      });
      for (const line of await allPages<Line>(api, `/api/log?${query.toString()}`, 'lines'))
        io.out(json ? JSON.stringify(line) : lineOf(line));
    });
};

const lineOf = ({ at, level, room, message, fields }: Line): string =>
  [
    moment(at),
    level.padEnd(5),
    room,
    message,
    ...(Object.keys(fields).length === 0 ? [] : [JSON.stringify(fields)]),
  ].join('  ');

const incident = ({ event, lfdi, from, text }: Incident): string =>
  [
    moment(event.createdDateTime),
    event.details,
    ...(lfdi === '' ? [] : [`device ${lfdi}`]),
    ...(from === '' ? [] : [`from ${from}`]),
    text,
  ].join('  ');
