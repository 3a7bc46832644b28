/** How a simulation is watched: a live table where there is a terminal, a line of progress now and then where there is none. */
import { type Clock } from '../../base/clock';
import { liveTable } from '../../sim/report/live';
import { liveSite, noResponses, type LiveState } from '../../sim/report/live-state';
import { Screen, type Terminal } from '../screen';
import { type Progress } from './run';
import { type Told } from './told';

export interface Watch {
  /** After each step of the simulation; most of these calls do nothing. */
  readonly show: (progress: Progress) => Promise<void>;
  readonly close: () => void;
}

const frameMs = 160;
const askMs = 700;
const lineMs = 2000;

export function liveWatch(terminal: Terminal, clock: Pick<Clock, 'monotonicMs'>): Watch {
  const screen = new Screen(terminal);
  let heard: Told = { controlsPublished: 0, responses: noResponses, events: [], failures: [] };
  let [drawnMs, askedMs] = [-Infinity, -Infinity];
  return {
    async show(progress) {
      const now = clock.monotonicMs();
      const last = progress.now >= progress.end;
      if (now - drawnMs < frameMs && !last) return;
      drawnMs = now;
      if (now - askedMs >= askMs || last) {
        askedMs = now;
        heard = await progress.told();
      }
      screen.draw(liveTable(stateOf(progress, heard), terminal));
    },
    close: () => screen.close(),
  };
}

function stateOf(
  { fleet, tracer, events, title, networkName, engine, start, now, end, utcOffsetS }: Progress,
  heard: Told,
): LiveState {
  return {
    title,
    networkName,
    engine,
    start,
    now,
    end,
    utcOffsetS,
    network: tracer.trace,
    sites: fleet.sites.map(liveSite),
    controlsPublished: heard.controlsPublished,
    responses: heard.responses,
    events: [...heard.events, ...events].sort((a, b) => a.at - b.at),
  };
}

export function lineWatch(say: (line: string) => void, clock: Pick<Clock, 'monotonicMs'>): Watch {
  let saidMs = -Infinity;
  let said = '';
  return {
    show({ start, now, end }) {
      if (clock.monotonicMs() - saidMs < lineMs) return Promise.resolve();
      saidMs = clock.monotonicMs();
      const line = `${Math.round((100 * (now - start)) / (end - start))} % of ${(end - start) / 3600} h simulated`;
      if (line !== said) say(line);
      said = line;
      return Promise.resolve();
    },
    close: () => undefined,
  };
}
