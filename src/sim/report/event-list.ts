/** What happened, in order. A run of like events, such as publications every five minutes, is one line that opens. */
import { count, many, stamp } from './figures';
import { markup, type Markup } from './markup';
import { type RunEvent } from './record';

export const eventNames: Record<RunEvent['what'], string> = {
  published: 'Published',
  fallback: 'Fallback',
  'engine-killed': 'Engine killed',
  'safety-net': 'Safety net',
  note: 'Note',
};
const alike = 3; // so many of one kind in a row are still told one by one
const listed = 60; // members of a condensed run that are printed

export interface EventRun {
  readonly what: RunEvent['what'];
  readonly events: readonly RunEvent[];
}

/** Events by time; consecutive ones of a kind together where there are more than a few. */
export function condensed(events: readonly RunEvent[]): EventRun[] {
  const found: { what: RunEvent['what']; events: RunEvent[] }[] = [];
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    const last = found.at(-1);
    if (last?.what === event.what) last.events.push(event);
    else found.push({ what: event.what, events: [event] });
  }
  return found.flatMap(run =>
    run.events.length > alike ? [run] : run.events.map(event => ({ what: event.what, events: [event] })),
  );
}

export function eventList(events: readonly RunEvent[]): Markup {
  if (events.length === 0) return markup`<p class="lede">Nothing was noted.</p>`;
  const rows = condensed(events).map(run => {
    const [first, last] = [run.events[0]!, run.events.at(-1)!];
    const when = first === last ? stamp(first.at) : `${stamp(first.at)} to ${endOf(first, last)}`;
    const what = first === last ? first.text : opening(run);
    return markup`
<tr><td>${when}</td><td class="tag ${run.what}">${eventNames[run.what]}</td><td>${what}</td></tr>`;
  });
  return markup`<div class="box scroll"><table class="events"><thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col">More</th></tr></thead><tbody>${rows}
</tbody></table></div>`;
}

const endOf = (first: RunEvent, last: RunEvent): string =>
  stamp(first.at).slice(0, 10) === stamp(last.at).slice(0, 10) ? stamp(last.at).slice(11) : stamp(last.at);

function opening({ what, events }: EventRun): Markup {
  const called = what === 'published' ? many(events.length, 'publication') : many(events.length, 'event');
  const [first, last] = [events[0]!.text, events.at(-1)!.text];
  if (new Set(events.map(event => event.text)).size === 1) return markup`${called}: ${first}`;
  const shown = events.slice(0, listed).map(({ at, text }) => markup`<li>${stamp(at).slice(11)} ${text}</li>`);
  const rest = events.length - shown.length;
  return markup`<details><summary>${called}, from “${first}” to “${last}”</summary><ul>${shown}${rest > 0 && markup`<li>and ${count(rest)} more</li>`}</ul></details>`;
}
