/** How the figures came about, so that a reader can doubt them properly. */
import { fixed, kilowatts } from './figures';
import { markup, type Markup } from './markup';
import { type RunRecord } from './record';

/** `more` are notes of the run's own: tolerance, response time, power flow. */
export function method(record: RunRecord, more: readonly string[]): Markup {
  const { network } = record;
  const notes: [string, string][] = [
    [
      'Measured, not assumed.',
      'Head loading and voltages come from a power flow of what the sites really drew in each minute, not of the envelopes they were given.',
    ],
    [
      'Without envelopes',
      'is a second power flow of the same sites with the same weather, loads and cars, limited by nothing but their service rating.',
    ],
    [
      'Inside an envelope',
      'means net power at the point of connection within the limits the site had been told, give or take the tolerance of its power control and the response time after a limit changes. Overshoot is the largest excess over a limit.',
    ],
    [
      'Overload',
      `is a minute in which the head carried more than ${kilowatts(network.headRatingVA, 0)} kVA: in total, or three times that of its worst phase.`,
    ],
    [
      'Voltage violations',
      `are counted outside ${fixed(network.voltageBand.minPu, 2)} to ${fixed(network.voltageBand.maxPu, 2)} pu, over every node and phase.`,
    ],
    [
      'Firm limits',
      'are what a site may always use. It falls back to them when contact is lost or no envelope is in force, never to unlimited.',
    ],
    ['Held back', 'is energy not drawn or not produced because of a limit, against the unlimited twin of the site.'],
    [
      'Plots',
      `show means of a minute, simulated in steps of ${fixed(record.stepS, record.stepS % 1 ? 2 : 0)} s. Where there are more minutes than columns each column is drawn from its smallest to its largest minute, so no peak is lost, and the corridor shows its tightest limit. Import is positive.`,
    ],
  ];
  const general = notes.map(([name, text]) => markup`<li><b>${name}</b> ${text}</li>`);
  return markup`<ul class="box method">${general}${more.map(text => markup`<li>${text}</li>`)}</ul>`;
}
