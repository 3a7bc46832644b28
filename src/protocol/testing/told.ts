/** A device port in process whose subscribers are told of changes; their receivers are functions. For tests. */
import { nextTurn } from '../../base/turn';
import { tasks } from '../../base/tasks';
import { behaviours } from '../../functions';
import { envelopeViews } from '../../functions/envelope-views';
import { addSites } from '../../functions/operator/sites';
import { type NewSite } from '../../functions/provision';
import { type Outcome, type Pace } from '../../services/notices/api';
import { notices } from '../../services/notices/notices';
import { noticeEyes } from '../notice';
import { devicePort, lfdiA, pen, siteA, siteB } from './port';

export const ns = 'xmlns="urn:ieee:std:2030.5:ns"';
export const aggregatorLfdi = 'A0'.repeat(20);
export const aggregator: NewSite = { ...siteA, name: 'Agg', lfdi: aggregatorLfdi, sfdi: 5, role: 'aggregator' };
export const managed = (name: string, n: number): NewSite => ({
  ...siteB,
  name,
  lfdi: n.toString(16).toUpperCase().padStart(40, '0'),
  sfdi: n,
  manager: aggregatorLfdi,
});

export interface Posted {
  readonly at: number;
  readonly lfdi: string;
  readonly uri: string;
  readonly body: string;
  readonly outcome: Outcome['outcome'];
}

export interface Wanted {
  readonly lfdi?: string;
  readonly edev?: string;
  readonly uri?: string;
  readonly limit?: number;
  readonly more?: string;
  readonly encoding?: number;
}

export const subscriptionXml = (
  resource: string,
  { uri = 'https://a.example/n', limit = 255, more = '', encoding = 0 }: Wanted = {},
) =>
  `<Subscription ${ns}><subscribedResource>${resource}</subscribedResource>${more}<encoding>${encoding}</encoding>` +
  `<level>+S1</level><limit>${limit}</limit><notificationURI>${uri}</notificationURI></Subscription>`;

const patience = 40;

export function told(more: Parameters<typeof devicePort>[0] & { readonly pace?: Partial<Pace> } = {}) {
  const port = devicePort(more);
  const { changes, clock, ids, log, metrics, house } = port;
  const failed: unknown[] = [];
  const work = tasks(fault => failed.push(fault));
  const posted: Posted[] = [];
  const settings: { receive: (to: { lfdi: string; uri: string }, body: string) => Outcome | Promise<Outcome> } = {
    receive: () => ({ outcome: 'delivered' }),
  };
  const context = { clock, ids, log, metrics, house, behaviours, envelopes: envelopeViews(clock, pen) };
  const open = () =>
    notices({
      changes,
      clock,
      log,
      metrics,
      tasks: work,
      eyes: noticeEyes({ ...context, store: changes, dialect: more.dialect ?? 'csipaus-1.2', publicUrl: '' }),
      post: {
        post: async (to, body) => {
          const at = clock.nowMs() / 1000;
          const result = await settings.receive(to, body);
          posted.push({ at, ...to, body, outcome: result.outcome });
          return result;
        },
      },
      pace: {
        spacingS: 30,
        urgent: async () => false,
        giveUpS: 3 * 86_400,
        perReceiver: 4,
        inAll: 64,
        ...more.pace,
      },
    });
  let service = open();
  const settle = async () => {
    for (let turn = 0; turn < patience; turn++) {
      await work.settled();
      await new Promise<void>(nextTurn);
    }
  };
  return {
    ...port,
    failed,
    posted,
    settings,
    settle,
    start: () => service.start(),
    stop: () => service.stop(),
    /** As after a restart of the process: all that is known comes from the store. */
    restart: async () => {
      await service.stop();
      service = open();
      await service.start();
    },
    /** Time goes on second by second. */
    pass: async (seconds: number, stepS = 1) => {
      for (let done = 0; done < seconds; done += stepS) {
        clock.advance(Math.min(stepS, seconds - done));
        for (let turn = 0; turn < 6; turn++) await new Promise<void>(nextTurn);
      }
      await settle();
    },
    add: (...sites: NewSite[]) => addSites({ store: changes.store, clock, pen }, sites),
    subscribe: (resource: string, wanted: Wanted = {}) =>
      port.ask(`/edev/${wanted.edev ?? '1'}/sub`, {
        method: 'POST',
        body: subscriptionXml(resource, wanted),
        lfdi: wanted.lfdi ?? lfdiA,
      }),
    /** Bodies posted since the last call. */
    news: () => posted.splice(0).map(({ body }) => body),
  };
}
