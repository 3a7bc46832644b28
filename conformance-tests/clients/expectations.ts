/** What a client is expected to have done: small sentences that scenarios are put together from. */
import { type Checks } from '../procedure';
import { DERAvailability, DERCapability, DERSettings, DERStatus } from '../../src/model/der';
import { type Complex } from '../../src/model/dsl';
import { type Expectation } from './client-scenario';
import { Seen } from './seen';

export const expectation = (text: string, judge: Expectation['judge']): Expectation => ({ text, judge });

/** Walks from DeviceCapability to its programs by links. */
export const findsItsWay = expectation(
  'It GETs DeviceCapability, Time, the EndDeviceList, its FunctionSetAssignmentsList and its DERProgramList.',
  (seen, check) => {
    for (const resource of [
      'DeviceCapability',
      'Time',
      'EndDeviceList',
      'FunctionSetAssignmentsList',
      'DERProgramList',
    ])
      check.that(`GET of ${resource}`, seen.got(resource).length > 0);
  },
);

export const gets = (resource: string, least = 1): Expectation =>
  expectation(`It GETs ${least > 1 ? `${least} times ` : ''}${resource}.`, (seen, check) =>
    check.that(`GET of ${resource}, ${least} at least`, seen.got(resource).length >= least, seen.got(resource).length),
  );

/** Different resources of this kind, such as the DefaultDERControl of each program. */
export const getsEach = (resource: string, least: number): Expectation =>
  expectation(`It GETs ${least} different ${resource}.`, (seen, check) => {
    const paths = Seen.paths(seen.got(resource));
    check.that(`${least} different ${resource}`, paths.length >= least, paths);
  });

/** GETs no further apart belong together, s. */
const oneTurnS = 3;

/**
 * GETs of the same resource come at its pollRate: never much faster, never more than twice as far apart. A client that is told
 * by notifications need not poll at all.
 */
export const polls = (resource: string, rateS: number, mostS = 2 * rateS): Expectation =>
  expectation(`It polls ${resource} at its pollRate of ${rateS} s.`, (seen, check) => {
    // Pages of one list, and the GETs of finding the way, are one poll.
    const at = seen.got(resource).map(each => each.at);
    const turns = at.filter((each, i) => i === 0 || each - (at[i - 1] ?? 0) > oneTurnS);
    const gaps = turns.slice(1).map((each, i) => Math.round(each - (turns[i] ?? 0)));
    const watchedS = seen.end - (turns[0] ?? seen.end);
    const most = Math.ceil(watchedS / rateS) + 2;
    check.that(`at most ${most} polls in ${Math.round(watchedS)} s`, turns.length <= most, gaps);
    if (seen.stage.role === 'aggregator') return;
    const last = Math.round(seen.end - (turns.at(-1) ?? 0));
    check.that(
      `no more than ${mostS} s between two polls`,
      [...gaps, last].every(gap => gap <= mostS) && turns.length > 1,
      gaps,
    );
  });

const documents: Readonly<Record<string, Complex>> = { DERCapability, DERSettings, DERStatus, DERAvailability };

/** PUTs each of these for each of its devices; the last was taken. */
export const puts = (...resources: readonly string[]): Expectation =>
  expectation(`It PUTs ${resources.join(', ')} of each device.`, (seen, check) => {
    for (const resource of resources) {
      const taken = seen.puts(resource).filter(({ status }) => status === 204 || status === 201);
      const type = documents[resource];
      const paths = Seen.paths(taken);
      check.that(
        `PUT of ${resource} for ${seen.stage.devices.size} devices`,
        paths.length >= seen.stage.devices.size,
        paths,
      );
      if (type) check.equal(`readable ${resource}`, seen.documents(type, taken).length, taken.length);
    }
  });

/** Sends nothing that changes anything. */
export const writesNothing = (text: string): Expectation =>
  expectation(text, (seen, check) => {
    const written = seen.all.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    check.equal(
      'PUTs, POSTs and DELETEs',
      written.map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });

/** Every request within this window of the story must fit. */
export function within(seen: Seen, fromS: number, toS: number) {
  const { serverBeganAt } = seen.stage;
  return seen.all.filter(({ at }) => at >= serverBeganAt + fromS && at < serverBeganAt + toS);
}

/** Goes on after trouble that ended at this time. */
export const comesBack = (resource: string, afterS: number, withinS: number): Expectation =>
  expectation(`It is back within ${withinS} s after the trouble: a good GET of ${resource}.`, (seen, check) => {
    const back = within(seen, afterS, afterS + withinS).some(each => each.resource === resource && each.status === 200);
    check.that(`GET of ${resource} answered 200`, back);
  });

export const atMost = (text: string, most: number, count: (seen: Seen) => number): Expectation =>
  expectation(text, (seen, check) => {
    const counted = count(seen);
    check.that(`at most ${most}`, counted <= most, counted);
  });

export const check = (text: string, ok: (seen: Seen) => boolean, shown?: (seen: Seen) => unknown): Expectation =>
  expectation(text, (seen: Seen, checks: Checks) => checks.that(text, ok(seen), shown?.(seen)));
