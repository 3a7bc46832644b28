import { Problem } from '../base/problem';

/**
 * A profile as CSV, the form spreadsheets give. The header chooses the form:
 *
 *     device,direction,watts                      one limit for ever
 *     device,direction,hour,watts                 H24: hours 0 … 23
 *     device,direction,month,hour,watts           288: months 1 … 12
 *     device,direction,hourOfYear,watts           8760: hours 0 … 8759
 *     device,direction,start,durationS,watts      explicit intervals
 *
 * Device `*` is the default. Gives what the JSON form would hold; `readProfile` then checks it as it checks JSON.
 * @throws Problem BAD_PROFILE naming file and line.
 */
export function profileFromCsv(text: string, file: string): Record<string, unknown> {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, i) => ({ at: `${file}:${i + 1}`, cells: line.split(',').map(cell => cell.trim()), line }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  const [head, ...rows] = lines;
  const header = head?.cells.join(',') ?? '';
  const form = forms[header];
  if (!form)
    throw new Problem('BAD_PROFILE', { at: head?.at ?? file, want: Object.keys(forms).join(' or '), got: header });

  const devices: Record<string, Record<string, unknown>> = {};
  for (const { at, cells } of rows) {
    const bad = (want: string, got: unknown) => new Problem('BAD_PROFILE', { at, want, got });
    if (cells.length !== head?.cells.length) throw bad(`${head?.cells.length} columns`, `${cells.length} of them`);
    const [device = '', direction = '', ...values] = cells;
    if (device === '') throw bad('a device, or *', device);
    if (direction !== 'import' && direction !== 'export') throw bad('import or export', direction);
    const number = (i: number, want: string) => {
      const cell = values[i] ?? '';
      if (cell === '' || !Number.isFinite(Number(cell))) throw bad(want, cell);
      return Number(cell);
    };
    const watts = number(values.length - 1, 'watts');
    const site = (devices[device] ??= {});
    if (form.kind === 'flat') {
      if (site[direction] !== undefined) throw bad('each device and direction once', `${device},${direction}`);
      site[direction] = watts;
    } else if (form.kind === 'intervals') {
      const start = /^\d+$/.test(values[0] ?? '') ? Number(values[0]) : values[0];
      const list = (site[direction] ??= { form: form.kind, intervals: [] }) as { intervals: unknown[] };
      list.intervals.push({ start, durationS: number(1, 'seconds'), watts });
    } else {
      const table = (site[direction] ??= { form: form.kind, watts: new Array<unknown>(form.length).fill(null) }) as {
        watts: unknown[];
      };
      const index = form.index(values.slice(0, -1).map((_, i) => number(i, 'a whole number')));
      if (index === undefined) throw bad(form.want, values.slice(0, -1).join(','));
      if (table.watts[index] !== null) throw bad('each hour once', values.slice(0, -1).join(','));
      table.watts[index] = watts;
    }
  }
  const { '*': fallback, ...others } = devices;
  return { ...(fallback && { default: fallback }), devices: others };
}

type Form =
  | { kind: 'flat' }
  | { kind: 'intervals' }
  | { kind: 'H24' | '288' | '8760'; length: number; want: string; index(cells: number[]): number | undefined };

const within = (n: number | undefined, min: number, max: number) =>
  n !== undefined && Number.isInteger(n) && n >= min && n <= max;

const forms: Readonly<Record<string, Form>> = {
  'device,direction,watts': { kind: 'flat' },
  'device,direction,hour,watts': {
    kind: 'H24',
    length: 24,
    want: 'hour 0 … 23',
    index: ([hour]) => (within(hour, 0, 23) ? hour : undefined),
  },
  'device,direction,month,hour,watts': {
    kind: '288',
    length: 288,
    want: 'month 1 … 12 and hour 0 … 23',
    index: ([month = 0, hour = -1]) =>
      within(month, 1, 12) && within(hour, 0, 23) ? (month - 1) * 24 + hour : undefined,
  },
  'device,direction,hourOfYear,watts': {
    kind: '8760',
    length: 8760,
    want: 'hour 0 … 8759',
    index: ([hour]) => (within(hour, 0, 8759) ? hour : undefined),
  },
  'device,direction,start,durationS,watts': { kind: 'intervals' },
};
