import { Problem } from '../base/problem';

/** Reads engine options by hand-written rules: what is not asked for is an error, so a misspelt option cannot pass unseen. */
export function readOptions(engine: string, options: unknown): OptionReader {
  const at = (field: string) => `engineOptions.${field}`;
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options)))
    throw new Problem('BAD_CONFIG', { at: 'engineOptions', want: 'an object', got: options });
  const given: Record<string, unknown> = { ...options };
  const asked = new Set<string>();
  return {
    number(field, fallback, min, max) {
      asked.add(field);
      const value = given[field];
      if (value === undefined) return fallback;
      if (typeof value !== 'number' || !(value >= min && value <= max))
        throw new Problem('BAD_CONFIG', { at: at(field), want: `a number from ${min} to ${max}`, got: value });
      return value;
    },
    text(field) {
      asked.add(field);
      const value = given[field];
      if (typeof value !== 'string' || value === '')
        throw new Problem('BAD_CONFIG', { at: at(field), want: 'a text', got: value });
      return value;
    },
    oneOf(field, fallback, known) {
      asked.add(field);
      const value = given[field];
      if (value === undefined) return fallback;
      const found = known.find(one => one === value);
      if (found === undefined)
        throw new Problem('BAD_CONFIG', { at: at(field), want: `one of ${known.join(', ')}`, got: value });
      return found;
    },
    flag(field) {
      asked.add(field);
      const value = given[field];
      if (value !== undefined && typeof value !== 'boolean')
        throw new Problem('BAD_CONFIG', { at: at(field), want: 'true or false', got: value });
      return value ?? false;
    },
    value(field) {
      asked.add(field);
      return given[field];
    },
    optionalText(field) {
      return given[field] === undefined ? void asked.add(field) : this.text(field);
    },
    done() {
      const unknown = Object.keys(given).find(field => !asked.has(field));
      if (unknown === undefined) return;
      const want = asked.size > 0 ? [...asked].join(', ') : 'no options';
      throw new Problem('BAD_CONFIG', { at: at(unknown), note: `engine ${engine} has no such option`, want });
    },
  };
}

export interface OptionReader {
  /** A number in [min, max]; `fallback` when not given. */
  number(field: string, fallback: number, min: number, max: number): number;
  /** A text, required. */
  text(field: string): string;
  optionalText(field: string): string | undefined;
  /** One of a list of words; `fallback` when not given. */
  oneOf<T extends string>(field: string, fallback: T, known: readonly T[]): T;
  /** true or false; false when not given. */
  flag(field: string): boolean;
  /** Whatever was given, for the engine to check. */
  value(field: string): unknown;
  /** @throws Problem BAD_CONFIG when an option was given that nobody asked for. */
  done(): void;
}
