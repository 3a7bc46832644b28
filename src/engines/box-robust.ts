/**
 * Limits that are safe wherever sites sit inside them, in voltage and in current, whatever the others do: not only where all sit at their
 * limits, which is where the usual method looks (envelopes reference 3.4). Needs the network and what is drawn besides; without
 * them it shares out headroom, and says that voltage is not bounded.
 */
import { isTimeZone } from '../base/local-time';
import { Problem } from '../base/problem';
import { type Engine, type EngineFactory, type Snapshot } from './api';
import { type BoxOptions, Memory, Steps } from './box-steps';
import { type Solver, withSolver } from './linear-program';
import { readOptions } from './options';
import { shareOut } from './share-out';

interface Options extends BoxOptions {
  readonly lossShare: number;
}

export const boxRobust: EngineFactory = options => {
  const read = readOptions('box-robust', options);
  const margin = read.number('marginPu', 0.0005, 0, 0.05);
  const lossShare = read.number('lossShare', 0, 0, 0.3);
  const policy = read.oneOf('policy', 'equal', ['equal', 'max-min', 'proportional', 'sum']);
  const leastShare = read.number('leastShare', 0, 0, 1);
  const direction = read.oneOf('direction', 'both', ['both', 'one']);
  const timeZone = read.optionalText('timeZone') ?? 'UTC';
  const from = read.number('exportFromHour', 9, 0, 24);
  const to = read.number('exportToHour', 15, 0, 24);
  read.done();
  if (!isTimeZone(timeZone))
    throw new Problem('BAD_CONFIG', {
      at: 'engineOptions.timeZone',
      want: 'a time zone such as America/Los_Angeles',
      got: timeZone,
    });
  const known = new Memory();
  return {
    name: 'box-robust',
    api: 1,
    stepsApart: true,
    slow: true,
    moreRoom: 'least',
    compute: (snapshot, signal) =>
      compute(
        snapshot,
        { margin, lossShare, policy, leastShare, ...(direction === 'one' ? { oneWay: { timeZone, from, to } } : {}) },
        known,
        signal,
      ),
  } satisfies Engine;
};

async function compute(snapshot: Snapshot, options: Options, known: Memory, signal: AbortSignal) {
  const { devices, network, passive } = snapshot;
  const { lossShare } = options;
  if (!network || !passive || devices.length === 0) {
    const shared = await shareOut(snapshot, { lossShare }, signal);
    const text = 'no network to solve: limits bound the loading of assets, not voltage';
    return devices.length === 0
      ? shared
      : { ...shared, notices: [...shared.notices, { code: 'remark' as const, text }] };
  }
  const within = async (solver?: Solver) => {
    const steps = new Steps(snapshot, options, known, solver);
    const shared = await shareOut(
      snapshot,
      { lossShare, capsAt: (step, direction, tree) => steps.caps(step, direction, tree) },
      signal,
    );
    return { ...shared, notices: [...shared.notices, ...steps.notices()] };
  };
  return options.policy === 'sum' ? withSolver(within) : within();
}
