/** Runs an OpenDSS script far enough to know its objects: commands, redirections and edits, but no solutions. */
import { basename, dirname } from 'node:path';
import { type DssFiles } from './files';
import { harmlessClasses, propertyName, propertyTables } from './properties';
import { type Token, tokens } from './tokens';
import { bad, flag } from './values';

export interface Assignment {
  readonly property: string;
  readonly value: string;
  /** File and line. */
  readonly at: string;
  /** Folder that file names in the value are relative to. */
  readonly folder: string;
}

export interface DssObject {
  readonly className: string;
  /** As in the file. */
  readonly name: string;
  readonly at: string;
  /** In the order given; later ones win. */
  readonly assignments: Assignment[];
  enabled: boolean;
}

/** Commands that act on a solution or print; nothing a reader of networks needs. */
const quiet = new Set(
  `solve calcvoltagebases makebuslist buscoords latlongcoords show export plot dump save sample reset buildy get about help closedi
   summary formedit fileedit setkvbase init interpolate visualize panel select ? quit voltages currents powers losses`.split(
    /\s+/,
  ),
);
const acting = 'new edit more ~ m batchedit redirect compile set clear clearall enable disable open cd'.split(' ');
const quietSettings = new Set(
  `mode controlmode maxiterations maxiter miniterations maxcontroliter tolerance voltagebases trapezoidal number stepsize time hour
   sec year overloadreport voltexcept demand diverbose case casename markercode nodewidth algorithm toler voltages allowduplicates
   datapath maxcontroliterations editor showexport random genmult`.split(/\s+/),
);
const mostStatements = 2_000_000;
const deepest = 32;

export class Script {
  circuit: string | undefined;
  readonly settings = new Map<string, { value: string; at: string }>([]);
  readonly warnings: string[] = [];
  private readonly classes = new Map<string, Map<string, DssObject>>();
  private readonly left = new Set<string>();
  /** What `~` and `more` go on with; undefined after an object that is left out. */
  private active: DssObject | undefined;
  private statements = 0;
  private readonly open: string[] = [];

  constructor(private readonly files: DssFiles) {}

  /** All objects of a class that are enabled, in the order of their creation. */
  all(className: string): DssObject[] {
    return this.every(className).filter(object => object.enabled);
  }

  /** As `all`, with those that are disabled or open. */
  every(className: string): DssObject[] {
    return [...(this.classes.get(className)?.values() ?? [])];
  }

  find(className: string, name: string): DssObject | undefined {
    return this.classes.get(className)?.get(name.toLowerCase());
  }

  warn(at: string, note: string): void {
    if (this.warnings.length < 200) this.warnings.push(`${at}: ${note}`);
  }

  /** Runs a file. @throws Problem BAD_NETWORK with file and line for anything that cannot be understood. */
  run(path: string, at: string): void {
    if (this.open.includes(path)) throw bad(at, `${basename(path)} redirects to itself`);
    if (this.open.length >= deepest) throw bad(at, `more than ${deepest} files redirect to one another`);
    this.open.push(path);
    const lines = this.files.text(path, at).split(/\n|\r(?!\n)/);
    let inComment = false;
    lines.forEach((line, i) => {
      const text = line.trim();
      if (text.startsWith('/*')) inComment = true;
      if (!inComment) this.statement(text, `${basename(path)}:${i + 1}`, dirname(path));
      if (inComment && text.includes('*/')) inComment = false;
    });
    this.open.pop();
  }

  private statement(text: string, at: string, folder: string): void {
    const line = text.startsWith('~') ? `~ ${text.slice(1)}` : text;
    const [first, ...rest] = tokens(line, at);
    if (first === undefined) return;
    if (++this.statements > mostStatements) throw bad(at, `more than ${mostStatements} statements`);
    if (first.name !== undefined) {
      this.assignByPath(first.name, [first, ...rest], at, folder);
      return;
    }
    const command = this.commandOf(first.value, at);
    if (quiet.has(command)) return;
    if (command === 'new') this.create(rest, at, folder);
    else if (command === 'edit') this.edit(rest, at, folder);
    else if (command === 'batchedit') this.batchEdit(rest, at, folder);
    else if (command === 'set') this.set(rest, at);
    else if (command === 'redirect' || command === 'compile')
      this.run(this.files.find(rest[0]?.value ?? '', folder, at), at);
    else if (command === 'more' || command === '~' || command === 'm') this.assign(this.active, rest, at, folder);
    else if (command === 'clear' || command === 'clearall') this.forget();
    else if (command === 'cd') throw bad(at, 'the command cd is not supported; name files relative to the script');
    else {
      // An open terminal carries nothing, which in a radial network is the same as no branch.
      const object = this.named(rest[0], at);
      if (object) object.enabled = command === 'enable';
    }
  }

  private commandOf(written: string, at: string): string {
    const wanted = written.toLowerCase();
    const known = [...acting, ...quiet];
    const found = known.includes(wanted) ? wanted : known.find(name => wanted.length > 1 && name.startsWith(wanted));
    if (found === undefined) throw bad(at, `the command ${written} is not supported`);
    return found;
  }

  private create([head, ...rest]: Token[], at: string, folder: string): void {
    const [className, name] = this.split(head, at);
    if (className === 'circuit') {
      if (this.circuit !== undefined) throw bad(at, `a second circuit, ${name}; one network a file`);
      this.circuit = name;
      this.put({ className: 'vsource', name: 'source', at, assignments: [], enabled: true }, rest, at, folder);
      return;
    }
    if (this.leftOut(className, at)) return;
    if (this.circuit === undefined) throw bad(at, 'there is no circuit yet; New Circuit comes first');
    if (this.find(className, name)) throw bad(at, `a second ${className} ${name}`);
    this.put({ className, name, at, assignments: [], enabled: true }, rest, at, folder);
  }

  private put(object: DssObject, rest: Token[], at: string, folder: string): void {
    const there = this.classes.get(object.className) ?? new Map<string, DssObject>();
    this.classes.set(object.className, there);
    there.set(object.name.toLowerCase(), object);
    this.active = object;
    this.assign(object, rest, at, folder);
  }

  private edit([head, ...rest]: Token[], at: string, folder: string): void {
    this.active = this.named(head, at);
    this.assign(this.active, rest, at, folder);
  }

  private batchEdit([head, ...rest]: Token[], at: string, folder: string): void {
    const [className, pattern] = this.split(head, at);
    if (this.leftOut(className, at)) return;
    const names = safePattern(pattern, at);
    for (const object of this.classes.get(className)?.values() ?? [])
      if (names.test(object.name)) this.assign(object, rest, at, folder);
  }

  private set(rest: Token[], at: string): void {
    for (const { name, value } of rest) {
      const option = (name ?? '').toLowerCase();
      this.settings.set(option, { value, at });
      if (!quietSettings.has(option) && !readSettings.has(option))
        this.warn(at, `the option ${name ?? value} is left out`);
    }
  }

  /** `Line.L1.length=3 units=km`: a property of an object by its path, and more of them after it. */
  private assignByPath(path: string, [token, ...rest]: [Token, ...Token[]], at: string, folder: string): void {
    const dot = path.lastIndexOf('.');
    const object = dot < 0 ? undefined : this.named({ value: path.slice(0, dot), quoted: false }, at);
    if (dot < 0) throw bad(at, 'a command is missing', path);
    this.active = object;
    this.assign(object, [{ ...token, name: path.slice(dot + 1) }, ...rest], at, folder);
  }

  private assign(object: DssObject | undefined, rest: Token[], at: string, folder: string): void {
    if (!object) return;
    const table = propertyTables[object.className] ?? [];
    let position = -1;
    for (const { name, value } of rest) {
      const property = name === undefined ? table[position + 1] : propertyName(object.className, name, at);
      if (property === undefined) throw bad(at, `${object.className} ${object.name} has too many values`, value);
      position = table.indexOf(property);
      if (property === 'enabled') object.enabled = flag(value, at, property);
      else if (property === 'like') {
        const model = this.find(object.className, value);
        if (!model) throw bad(at, `there is no ${object.className} ${value} to be like`);
        object.assignments.push(...model.assignments);
      } else object.assignments.push({ property, value, at, folder });
    }
  }

  /** The object that `Class.Name` means; undefined for one of a class that is left out. */
  private named(head: Token | undefined, at: string): DssObject | undefined {
    const [className, name] = this.split(head, at);
    if (this.leftOut(className, at)) return undefined;
    const object = this.find(className, name);
    if (!object) throw bad(at, `there is no ${className} ${name}`);
    return object;
  }

  private split(head: Token | undefined, at: string): [string, string] {
    const text = head?.value ?? '';
    const dot = text.indexOf('.');
    if (dot < 1 || dot === text.length - 1) throw bad(at, 'want Class.Name', text);
    return [text.slice(0, dot).toLowerCase(), text.slice(dot + 1)];
  }

  private leftOut(className: string, at: string): boolean {
    if (className in propertyTables) return false;
    if (!harmlessClasses.has(className)) throw bad(at, `objects of class ${className} are not supported`);
    this.active = undefined;
    if (!this.left.has(className)) this.warn(at, `${className} objects are left out`);
    this.left.add(className);
    return true;
  }

  private forget(): void {
    this.circuit = undefined;
    this.active = undefined;
    this.classes.clear();
  }
}

/** Options that the reader uses. */
export const readSettings: ReadonlySet<string> = new Set([
  'defaultbasefrequency',
  'defaultbasefreq',
  'loadmult',
  'normvminpu',
  'normvmaxpu',
]);

/** A pattern for names, of characters and few quantifiers, so that no file can make matching slow. */
function safePattern(pattern: string, at: string): RegExp {
  const quantifiers = pattern.match(/[*+?]/g)?.length ?? 0;
  if (pattern.length > 100 || quantifiers > 3 || !/^[\w .*+?^$[\]|-]*$/.test(pattern))
    throw bad(at, 'this pattern of names is not supported', pattern);
  try {
    return new RegExp(pattern, 'i');
  } catch {
    throw bad(at, 'this is not a pattern of names', pattern);
  }
}
