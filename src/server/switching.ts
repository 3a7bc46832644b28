/**
 * Switching, planned and emergent (envelopes reference 3.7b). Until telemetry confirms an event, limits from its moment on are safe in the network
 * before it and in the one after it; so reductions go out at once, and what there is more room for comes when the new state is known.
 */
import { type Clock } from '../base/clock';
import { Problem, asProblem } from '../base/problem';
import { type SwitchingEvent, type SwitchChange } from '../console/abnormal-service';
import { type Snapshot } from '../engines/api';
import { wholeListOf } from '../functions/issued-controls';
import { apply } from '../functions/behaviour';
import { type Network } from '../grid/network';
import { switched, type Switched } from '../grid/switching';
import { type Scene, type View } from '../services/scenes';
import { type NewDoc, type Store } from '../store/api';

const list = '~switching';
const switchList = '~switch';
const hrefOf = (id: string): string => `${list}/${id.toUpperCase()}`;

export interface SwitchingBook {
  /** Oldest first. */
  all(): Promise<SwitchingEvent[]>;
  add(
    event: Omit<SwitchingEvent, 'id' | 'createdAt'>,
  ): Promise<{ event: SwitchingEvent; islands: Switched['islands'] }>;
  change(id: string, change: Partial<Pick<SwitchingEvent, 'confirmedAt' | 'cancelledAt'>>): Promise<SwitchingEvent>;
  /** What telemetry says of a switch; answers the ids of events that are now as they should be. */
  report(name: string, to: SwitchChange['to']): Promise<string[]>;
  /** The network as it is known to be: that of the file with all that is confirmed. */
  known(): Promise<Switched>;
  /** The network with these events too. */
  with(events: readonly SwitchingEvent[]): Promise<Switched>;
  /** Events that may or may not have happened, or are to come, in order of time. */
  open(): Promise<SwitchingEvent[]>;
}

export function switchingBook({
  clock,
  network,
  store,
}: {
  clock: Clock;
  network: Network;
  store: Store;
}): SwitchingBook {
  const made = new Map<string, Switched>();
  const after = (changes: readonly SwitchChange[]): Switched => {
    if (changes.length === 0) return { network, islands: [] };
    const key = JSON.stringify(changes);
    const found = made.get(key) ?? switched(network, changes);
    if (made.size > 100) made.clear();
    made.set(key, found);
    return found;
  };
  const all = async () => (await wholeListOf<SwitchingEvent>(store, list)).map(({ body }) => body);
  const live = async () => (await all()).filter(({ cancelledAt }) => cancelledAt === undefined);
  const changesOf = (events: readonly SwitchingEvent[]) =>
    [...events]
      .sort((a, b) => (a.confirmedAt ?? a.at) - (b.confirmedAt ?? b.at) || a.createdAt - b.createdAt)
      .flatMap(({ changes }) => changes);
  const confirmed = async () => (await live()).filter(({ confirmedAt }) => confirmedAt !== undefined);
  const open = async () =>
    (await live()).filter(({ confirmedAt }) => confirmedAt === undefined).sort((a, b) => a.at - b.at);
  const docOf = (event: SwitchingEvent): NewDoc => ({
    href: hrefOf(event.id),
    list,
    kind: list,
    changed: clock.now(),
    sortKey: `${String(event.createdAt).padStart(12, '0')} ${event.id.padStart(12, '0')}`,
    body: event,
  });
  const withEvents = async (events: readonly SwitchingEvent[]) =>
    after([...changesOf(await confirmed()), ...changesOf(events)]);

  return {
    all,
    open,
    known: async () => after(changesOf(await confirmed())),
    with: withEvents,
    async add(asked) {
      let event: SwitchingEvent | undefined;
      let islands: Switched['islands'] = [];
      await apply(store, async () => {
        const now = clock.now();
        const events = await all();
        event = { ...asked, id: `S-${events.length + 1}`, createdAt: now };
        try {
          ({ islands } = await withEvents([...(await open()).filter(({ at }) => at <= asked.at), event]));
        } catch (thrown) {
          const problem = asProblem(thrown);
          if (problem.code !== 'BAD_NETWORK') throw thrown;
          throw new Problem('BAD_VALUE', {
            at: 'changes',
            note: `${String(problem.detail.at)} ${problem.detail.note ?? ''}`,
          });
        }
        return { status: 201, plan: { expect: { [hrefOf(event.id)]: 0 }, put: [docOf(event)] } };
      });
      if (!event) throw new Problem('BUG', { at: 'switching' });
      return { event, islands };
    },
    async change(id, change) {
      let changed: SwitchingEvent | undefined;
      await apply(store, async () => {
        const doc = await store.get<SwitchingEvent>(hrefOf(id));
        if (!doc) throw new Problem('NO_SUCH', { at: `switching ${id}`, note: 'no such event' });
        const { cancelledAt, confirmedAt } = doc.body;
        if (cancelledAt !== undefined || confirmedAt !== undefined)
          throw new Problem('CONFLICT', {
            at: `switching ${id}`,
            note: cancelledAt === undefined ? 'it is confirmed' : 'it is cancelled',
          });
        changed = { ...doc.body, ...change };
        return { status: 204, plan: { expect: { [doc.href]: doc.version }, put: [docOf(changed)] } };
      });
      if (!changed) throw new Problem('BUG', { at: 'switching' });
      return changed;
    },
    async report(name, to) {
      if (!network.lines.some(line => line.switch && line.name.toLowerCase() === name.toLowerCase()))
        throw new Problem('NO_SUCH', { at: `switch ${name}`, note: 'the network has no such switch' });
      const now = clock.now();
      const body = { name: name.toLowerCase(), to, at: now };
      await store.commit({
        put: [
          {
            href: `${switchList}/${name.toLowerCase()}`,
            list: switchList,
            kind: switchList,
            changed: now,
            sortKey: name,
            body,
          },
        ],
      });
      const said = new Map((await wholeListOf<typeof body>(store, switchList)).map(doc => [doc.body.name, doc.body]));
      // What was said before the event is due says nothing of it.
      return (await open())
        .filter(({ at, changes }) =>
          changes.every(change => {
            const state = said.get(change.name.toLowerCase());
            return state?.to === change.to && state.at >= at;
          }),
        )
        .map(({ id }) => id);
    },
  };
}

/**
 * The scenes of a snapshot: from the moment of each open event on, both the networks without and with it must be safe.
 */
export async function scenesOf(
  snapshot: Snapshot,
  events: readonly SwitchingEvent[],
  { plain, viewOf }: { readonly plain: View; readonly viewOf: (upTo: number) => Promise<View> },
): Promise<Scene[]> {
  const { start, stepS, steps } = snapshot;
  const at = (moment: number) => Math.min(steps, Math.max(0, Math.floor((moment - start) / stepS)));
  const scenes: Scene[] = [];
  const views = [plain];
  let from = 0;
  let last: SwitchingEvent | undefined;
  for (const [i, event] of events.entries()) {
    const first = at(event.at);
    if (first >= steps) break;
    if (first > from) scenes.push(sceneOf(from, first - from, [...views], last));
    from = Math.max(from, first);
    views.push(await viewOf(i + 1));
    last = event;
  }
  if (from < steps) scenes.push(sceneOf(from, steps - from, [...views], last));
  return scenes;
}

const sceneOf = (first: number, steps: number, views: readonly View[], event: SwitchingEvent | undefined): Scene => ({
  first,
  steps,
  views,
  ...(event && { reason: event.reason, by: `switching ${event.id}` }),
});
