/** The live table of a run: a state in, lines for a terminal out. Pure; who draws them where is the caller's affair. */
import { clockTime, count, fixed, kilowatts, many, missing, weekday } from './figures';
import { eventNames } from './event-list';
import { ratingBar, skyline, track } from './live-bars';
import { doings, type Doing, type LiveSite, type LiveState } from './live-state';
import { fit, harmless, type Line, painted, type Style } from './paint';
import { type RunEvent } from './record';

export interface Page {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

const narrowest = 60;
const widest = 110;
const eventsShown = 3;

const styleOf: Record<Doing, Style> = {
  'meter lost': 'alarm',
  'comms lost': 'alarm',
  waiting: 'dim',
  firm: 'magenta',
  recovering: 'cyan',
  'shedding load': 'yellow',
  'shedding sun': 'yellow',
  following: 'green',
};

/** At most `rows` − 1 lines, so that the cursor has one to stand on, each of at most `columns`, 110 and no more. */
export function liveTable(state: LiveState, { columns, rows, colour }: Page): string[] {
  const width = Math.max(narrowest, Math.min(widest, columns));
  const above = [heading(state, width), [], ...head(state, width), [], tableHead(width)];
  const below = [[], counts(state), ...lastEvents(state)];
  const room = Math.max(2, rows - 1 - above.length - below.length);
  const lines = [...above, ...siteLines(state.sites, room, width), ...below];
  return lines.slice(0, Math.max(1, rows - 1)).map(line => painted(line, Math.min(width, columns), colour));
}

function heading({ title, networkName, engine, start, now, end, utcOffsetS }: LiveState, width: number): Line {
  const local = now + utcOffsetS;
  const share = Math.floor((100 * (now - start)) / Math.max(1, end - start));
  const time = `${weekday(local)} ${clockTime(local)}`;
  const done = `${share} % `.padStart(7);
  const name = ` ${harmless(title)}`;
  const more = fit(
    `  ${networkName}, engine ${engine}`,
    Math.max(0, width - [...name].length - time.length - done.length),
  );
  return [
    [name, 'bold'],
    [more, 'dim'],
    [time, 'bold'],
    [done, 'dim'],
  ];
}

/** Columns of every drawing that begins below the name of the head. */
const labelWidth = 20;

function head({ network, start, end }: LiveState, width: number): Line[] {
  const { headName, headRatingVA, loadingWith, loadingWithout } = network;
  const [share = NaN, ghost = NaN] = [loadingWith.at(-1), loadingWithout.at(-1)];
  const percent = (x: number) => (Number.isFinite(x) ? `${fixed(Math.ceil(100 * x), 0)} %` : missing);
  const label = (text: string) => fit(` ${text}`, labelWidth);
  const tail = ` ${percent(share).padStart(5)} of ${kilowatts(headRatingVA, 0)} kVA`;
  const without = `, ${percent(ghost)} without`;
  const barWidth = Math.max(10, width - labelWidth - 32);
  const minutes = Math.max(1, Math.round((end - start) / 60));
  return [
    [
      label(headName),
      ...ratingBar(orNone(share), orNone(ghost), barWidth),
      [tail, share > 1 ? 'alarm' : 'bold'],
      [without, 'dim'],
    ],
    [
      [label('  with envelopes'), 'dim'],
      ...skyline(loadingWith, minutes, barWidth, 'blue'),
      [`  peak ${percent(peak(loadingWith))}`, 'dim'],
    ],
    [
      [label('  without'), 'dim'],
      ...skyline(loadingWithout, minutes, barWidth, 'yellow'),
      [`  peak ${percent(peak(loadingWithout))}`, 'dim'],
    ],
  ];
}

const orNone = (x: number) => (Number.isFinite(x) ? x : 0);
const peak = (values: readonly number[]): number =>
  values.length === 0 ? NaN : values.reduce((most, value) => Math.max(most, value), 0);

/** Widths of the columns of the table; the track takes what is left. */
function widths(width: number) {
  const kind = width >= 88 ? 9 : 0;
  const name = width >= 96 ? 20 : 16;
  const [net, limit, doing] = [8, 8, 13];
  return { name, kind, net, limit, doing, track: width - 1 - name - kind - net - 2 - limit - 2 - limit - 2 - doing };
}

function tableHead(width: number): Line {
  const w = widths(width);
  const text = [
    ` ${fit('Site', w.name)}${fit(w.kind > 0 ? 'Kind' : '', w.kind)}${fit('Net kW', w.net, 'right')}`,
    `  ${fit('Export', w.limit, 'right')} ${fit(w.track >= 10 ? ' envelope' : '', w.track)} ${fit('Import', w.limit)}`,
    `  ${fit('Doing', w.doing)}`,
  ];
  return [[text.join(''), 'bold']];
}

function siteLine({ name, kind, netW, importW, exportW, doing }: LiveSite, width: number): Line {
  const w = widths(width);
  const style = styleOf[doing];
  return [
    ` ${fit(name, w.name)}`,
    [fit(w.kind > 0 ? (kind === 'pcs' ? 'PCS' : 'inverter') : '', w.kind), 'dim'],
    [fit(kilowatts(netW, 2), w.net, 'right'), 'bold'],
    [`  ${fit(kilowatts(-exportW), w.limit, 'right')} `, 'dim'],
    ...(w.track >= 5 ? track(netW, exportW, importW, w.track, style) : [fit('', w.track)]),
    [` ${fit(kilowatts(importW), w.limit)}  `, 'dim'],
    [fit(doing, w.doing), style],
  ];
}

/** Every site if there is room; else those that do more than follow, most serious first, and a line on the rest. */
function siteLines(sites: readonly LiveSite[], room: number, width: number): Line[] {
  if (sites.length <= room) return sites.map(site => siteLine(site, width));
  const rank = (site: LiveSite) => doings.indexOf(site.doing);
  const shown = new Set([...sites].sort((a, b) => rank(a) - rank(b)).slice(0, room - 1));
  const rest = sites.filter(site => !shown.has(site));
  const kinds = doings
    .map(doing => ({ doing, n: rest.filter(site => site.doing === doing).length }))
    .filter(({ n }) => n > 0)
    .map(({ doing, n }) => `${n} ${doing}`);
  const more: Line = [[` and ${many(rest.length, 'more site')}: ${kinds.join(', ')}`, 'dim']];
  return [...sites.filter(site => shown.has(site)).map(site => siteLine(site, width)), more];
}

function counts({ controlsPublished, responses }: LiveState): Line {
  const kinds = Object.entries(responses).filter(([kind, n]) => n > 0 || kind === 'received');
  const said = kinds.map(([kind, n]) => `${count(n)} ${kind}`).join(', ');
  return [' Controls ', [count(controlsPublished), 'bold'], ' published   Responses ', [said, 'bold']];
}

const eventStyle: Record<RunEvent['what'], Style> = {
  published: 'dim',
  fallback: 'magenta',
  'engine-killed': 'alarm',
  'safety-net': 'yellow',
  note: 'dim',
};

function lastEvents({ events, utcOffsetS }: LiveState): Line[] {
  const last = events.slice(-eventsShown);
  const lines = last.map(({ at, what, text }): Line => [
    [` ${clockTime(at + utcOffsetS)}  `, 'dim'],
    [fit(eventNames[what], 14), eventStyle[what]],
    harmless(text),
  ]);
  // As many lines whatever has happened, so that the table does not jump.
  return [...lines, ...Array.from({ length: eventsShown - lines.length }, (): Line => [])];
}
