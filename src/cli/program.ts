import { Command } from 'commander';
import { audit } from './audit';
import { backup, check } from './backup';
import { cert } from './cert';
import { conformance } from './conformance';
import { control } from './controls';
import { demo } from './demo';
import { docs } from './docs';
import { envelope } from './envelope';
import { forecast } from './forecast';
import { grid } from './grid';
import { group } from './groups';
import { init } from './init';
import { key } from './key';
import { log } from './log';
import { order } from './order';
import { programCommand } from './programs';
import { schemas } from './schemas';
import { serve } from './serve';
import { sim } from './sim';
import { site } from './site';
import { testserver } from './testserver';
import { trust } from './trust';
import { type AddCommand, type Io } from './command';

/** Every command, in the order `--help` lists them. */
const commands: readonly AddCommand[] = [
  init,
  cert,
  serve,
  site,
  group,
  programCommand,
  control,
  envelope,
  order,
  forecast,
  trust,
  key,
  audit,
  log,
  backup,
  check,
  grid,
  sim,
  conformance,
  testserver,
  demo,
  docs,
  schemas,
];

/** The command line as an object; `parseAsync` runs it. Usage errors throw CommanderError instead of ending the process. */
export function program(io: Io): Command {
  const root = new Command('headroom')
    .description('IEEE 2030.5 / CSIP utility server with a capacity engine, a simulated fleet and a conformance suite')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ writeOut: text => io.out(text.trimEnd()), writeErr: text => io.say(text.trimEnd()) });
  for (const add of commands) add(root, io);
  return root;
}
