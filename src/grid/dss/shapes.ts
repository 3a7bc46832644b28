/** OpenDSS load shapes. Only those that a load uses are read, with the files they name. */
import { dirname } from 'node:path';
import { type LoadShape } from '../network';
import { type DssFiles } from './files';
import { flagOf, integerOf, last, numberOf, textOf } from './reading';
import { type Assignment, type DssObject, type Script } from './script';
import { tokens } from './tokens';
import { bad, flag, integer, number } from './values';

export interface UsedShape {
  readonly name: string;
  /** Values are kilowatts and kilovars, not multipliers. */
  readonly actual: boolean;
  readonly ownVars: boolean;
}

const mostValues = 20_000_000;

export class UsedShapes {
  readonly shapes: LoadShape[] = [];
  private readonly used = new Map<string, UsedShape>();
  private values = 0;

  constructor(
    private readonly script: Script,
    private readonly files: DssFiles,
  ) {}

  /** @throws Problem BAD_NETWORK when there is no such shape, or its values cannot be read. */
  use(name: string, at: string): UsedShape {
    const known = this.used.get(name.toLowerCase());
    if (known) return known;
    const object = this.script.find('loadshape', name);
    if (!object) throw bad(at, `there is no loadshape ${name}`);
    const shape = this.read(object);
    this.shapes.push(shape);
    const used = {
      name: shape.name,
      actual: flagOf(object, 'useactual', false),
      ownVars: shape.varValues !== undefined,
    };
    this.used.set(name.toLowerCase(), used);
    return used;
  }

  private read(object: DssObject): LoadShape {
    const npts = integerOf(object, 'npts', 0);
    const cut = (values: number[]): number[] => (npts > 0 && values.length > npts ? values.slice(0, npts) : values);
    let watts: number[] | undefined;
    let vars: number[] | undefined;
    for (const assignment of object.assignments) {
      const { property } = assignment;
      if (property === 'mult' || property === 'pmult') watts = this.series(assignment, object);
      else if (property === 'qmult') vars = this.series(assignment, object);
      else if (property === 'csvfile') watts = this.text(assignment.value, assignment, 1, false);
      else if (property === 'dblfile' || property === 'sngfile')
        watts = this.binary(assignment.value, assignment, property);
      else if (property === 'pqcsvfile') {
        watts = this.text(assignment.value, assignment, 1, false);
        vars = this.text(assignment.value, assignment, 2, false);
      } else if (property === 'hour')
        throw bad(assignment.at, `loadshape ${object.name}: steps of different length are not supported`);
    }
    if (!watts || watts.length === 0) throw bad(object.at, `loadshape ${object.name} has no values`);
    if (npts > watts.length)
      this.script.warn(object.at, `loadshape ${object.name} has ${watts.length} values, not ${npts}`);
    const action = textOf(object, 'action')?.toLowerCase() ?? '';
    const scaled = (values: number[], base: string): number[] => {
      if (!action.startsWith('n')) return cut(values);
      const by = numberOf(object, base, 0) || Math.max(...values.map(Math.abs)) || 1;
      return cut(values.map(value => value / by));
    };
    return {
      name: object.name,
      stepS: stepOf(object),
      values: scaled(watts, 'pbase'),
      ...(vars ? { varValues: scaled(vars, 'qbase') } : {}),
    };
  }

  /** Numbers in place, or `file=`, `dblfile=`, `sngfile=` with `column=` and `header=`. */
  private series(assignment: Assignment, object: DssObject): number[] {
    const { at, value } = assignment;
    const name = `${object.name}.${assignment.property}`;
    if (!value.includes('='))
      return this.counted(
        value
          .split(/[\s,|]+/)
          .filter(word => word !== '')
          .map(word => number(word, at, name)),
        at,
      );
    let file: { name: string; kind: string } | undefined;
    let column = 1;
    let header = false;
    for (const token of tokens(value, at)) {
      const option = token.name?.toLowerCase() ?? '';
      if (option === 'file' || option === 'dblfile' || option === 'sngfile') file = { name: token.value, kind: option };
      else if (option === 'column') column = integer(token.value, at, name);
      else if (option === 'header') header = flag(token.value, at, name);
      else throw bad(at, `${name}: want file=, dblfile= or sngfile=`, token.name ?? token.value);
    }
    if (!file) throw bad(at, `${name} names no file`);
    return file.kind === 'file'
      ? this.text(file.name, assignment, column, header)
      : this.binary(file.name, assignment, file.kind);
  }

  private text(name: string, { at, folder }: Assignment, column: number, header: boolean): number[] {
    const path = this.files.find(name, folder, at);
    const lines = this.files.text(path, at).split(/\r?\n/);
    const values: number[] = [];
    lines.forEach((line, i) => {
      const text = line.trim();
      if (text === '' || (header && i === 0)) return;
      const cell = text.split(/[,\s]+/)[column - 1];
      if (cell === undefined) throw bad(`${name}:${i + 1}`, `there is no column ${column}`, text);
      values.push(number(cell, `${name}:${i + 1}`, 'value'));
    });
    return this.counted(values, at);
  }

  /** Little-endian floating point without a header. */
  private binary(name: string, { at, folder }: Assignment, kind: string): number[] {
    const path = this.files.find(name, folder, at);
    const bytes = this.files.bytesOf(path, at);
    const size = kind === 'dblfile' ? 8 : 4;
    if (bytes.length % size !== 0) throw bad(at, `${name} is not a file of ${size}-byte numbers`);
    const values = Array.from({ length: bytes.length / size }, (_, i) =>
      size === 8 ? bytes.readDoubleLE(i * size) : bytes.readFloatLE(i * size),
    );
    if (!values.every(Number.isFinite)) throw bad(at, `${name} in ${dirname(path)} holds values that are not numbers`);
    return this.counted(values, at);
  }

  private counted(values: number[], at: string): number[] {
    this.values += values.length;
    if (this.values > mostValues) throw bad(at, `the shapes of this network have more than ${mostValues} values`);
    return values;
  }
}

function stepOf(object: DssObject): number {
  const found = last(object, 'interval', 'minterval', 'sinterval');
  const unit = { interval: 3600, minterval: 60, sinterval: 1 }[found?.property ?? 'interval'] ?? 3600;
  const stepS = (found ? number(found.value, found.at, `${object.name}.${found.property}`) : 1) * unit;
  if (!(stepS > 0)) throw bad(object.at, `loadshape ${object.name}: steps of different length are not supported`);
  return stepS;
}
