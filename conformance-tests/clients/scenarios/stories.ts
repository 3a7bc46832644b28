/**
 * The procedures about programs and events, turned round: the same programs and the same events at the same times, but now it is
 * the client that must find them and answer. Made from the stories the server procedures are made of.
 */
import { select } from '../../procedures';
import { type EventSpec, type Scenario } from '../../scenario-spec';
import { lastSeen } from '../../scenario-steps';
import { leadS, type Act, type ClientClaim, type ClientScenario, type Role } from '../client-scenario';
import { findsItsWay, getsEach, expectation } from '../expectations';
import { respondsAsTold } from '../responses';
import { stageCancel, stageEvent, stagePrograms, type Stage } from '../stage';

/** What is in these columns of the CSIP tables, and ours of CSIP-AUS; some are optional there. */
const forBoth = ['CORE-012', 'CORE-013', 'CORE-021', 'CORE-022', 'CORE-023'];
const storiesOf = (patterns: readonly string[]): Scenario[] => select(patterns).flatMap(({ story }) => story ?? []);

/** From the last moment of a story: time to learn of it and to answer. */
const settleS = 80;

function act(each: EventSpec, what: 'create' | 'cancel', atS: number, rebased: (stage: Stage) => number): Act {
  const { name, program } = each;
  return what === 'create'
    ? {
        atS,
        about: `Create event ${name} in ${program}.`,
        run: async stage => void (await stageEvent(stage, each, rebased(stage))),
      }
    : { atS, about: `Cancel event ${name}.`, run: stage => stageCancel(stage, name) };
}

export function turned(story: Scenario, roles: readonly Role[]): ClientScenario {
  const { events = [], programs } = story;
  const origin = ({ serverBeganAt }: Stage) => serverBeganAt + leadS;
  const script = events.flatMap(each => [
    act(each, 'create', leadS + (each.createdS ?? 0), origin),
    ...(each.cancelledS === undefined ? [] : [act(each, 'cancel', leadS + each.cancelledS, origin)]),
  ]);
  const specs = Object.values(programs);
  const defaults = specs.filter(each => each.default).length;
  const curves = [...specs.flatMap(each => each.default ?? []), ...events].some(each => each.curves);
  const needs: ClientClaim[] = ['csip', ...(curves ? (['curves'] as const) : [])];
  if (story.needs?.includes('csip-aus')) needs.push('csip-aus');
  return {
    id: story.id,
    title: story.title,
    requirements: story.requirements,
    roles,
    needs,
    arranged: story.about,
    ...(story.devices && { devices: story.devices }),
    lastsS: leadS + (events.length === 0 ? 60 : lastSeen(events) + settleS),
    arrange: stage => stagePrograms(stage, story),
    script,
    expect: [
      findsItsWay,
      getsEach('DERProgramList', 1),
      ...(defaults > 0 ? [getsEach('DefaultDERControl', defaults)] : []),
      ...(curves ? [getsCurves] : []),
      ...(events.length > 0 ? [respondsAsTold] : []),
    ],
  };
}

const getsCurves = expectation('It GETs the curves, each by itself or in their list.', (seen, check) => {
  const read = [...seen.got('DERCurveList'), ...seen.got('DERCurve')];
  check.that('GET of DERCurveList or DERCurve', read.length > 0);
});

export const stories: readonly ClientScenario[] = [
  ...storiesOf(forBoth).map(each => turned(each, ['der-client', 'aggregator'])),
  ...storiesOf(['BASIC-*']).map(each => turned(each, ['der-client'])),
  ...storiesOf(['AGG-*']).map(each => turned(each, ['aggregator'])),
  ...storiesOf(['EVENT-*', 'AUS-*']).map(each => turned(each, ['der-client'])),
];
