/**
 * Which events a device is to follow now, of each kind beside DERControls, by the rules its client follows: within a kind the
 * program of lower primacy wins, then the newer event (protocol facts 4.2). Messages stand beside one another.
 */
import { model } from '../../model';
import { type EndDevice } from '../../model/edev';
import { href, type Href } from '../../model/href';
import { governing, type RankedEvent } from '../../services/precedence';
import { type Store } from '../../store/api';
import { assignments } from '../assigned';
import { eventKindOf } from '../event-kinds';
import { eventOf, readEvents } from '../event-list';
import { wholeListOf } from '../issued-controls';
import { type OperatorDeps } from './sites';

export interface EventInForce {
  readonly kind: string;
  readonly program: string;
  readonly primacy: number;
  readonly mRID: string;
  readonly href: Href;
}

/** Where the events of a program stand, and what those of one list compete for with those of other programs. */
interface Place {
  readonly list: Href;
  readonly about: string;
}

async function tariffPlaces(store: Store, tp: string): Promise<Place[]> {
  const components = await wholeListOf<{ roleFlags: string }>(store, href(model.pricing.components, { tp }));
  // What is bought and what is sold have prices of their own.
  return components.map(({ href: at, body }) => ({ list: `${at}/tti`, about: body.roleFlags }));
}

const kinds = [
  {
    root: 'dr',
    item: model.drlc.control,
    places: async (_store: Store, dr: string): Promise<Place[]> => [
      { list: href(model.drlc.controls, { dr }), about: '' },
    ],
  },
  { root: 'tp', item: model.pricing.interval, places: tariffPlaces },
  {
    root: 'msg',
    item: model.messaging.message,
    places: async (_store: Store, msg: string): Promise<Place[]> => [
      { list: href(model.messaging.messages, { msg }), about: '' },
    ],
  },
] as const;

/** In order of kind, then of primacy. */
export async function eventsInForce({ store, clock }: OperatorDeps, edev: string): Promise<EventInForce[]> {
  const { assigned } = await assignments(store, [edev]);
  const device = await store.get<EndDevice>(href(model.edev.device, { edev }));
  const own = device?.body.deviceCategory === undefined ? undefined : parseInt(device.body.deviceCategory, 16);
  const found: EventInForce[] = [];
  for (const { root, item, places } of kinds) {
    const kind = eventKindOf(item);
    const ranked: (RankedEvent & EventInForce)[] = [];
    for (const program of assigned[root] ?? []) {
      const doc = await store.get<{ primacy: number }>(`/${root}/${program}`);
      if (!doc || !kind) continue;
      const { primacy } = doc.body;
      for (const { list, about } of await places(store, program))
        for (const { href: at, body, facts } of await readEvents(store, list, item)) {
          const { mrid, modes, categories } = eventOf(kind, body, facts);
          if (own !== undefined && categories !== undefined && (own & categories) === 0) continue;
          // Those that compete with none govern by themselves.
          const claims = modes.length > 0 ? modes.map(mode => `${mode} ${about}`) : [mrid];
          ranked.push({ kind: item.type.name, program, primacy, mRID: mrid, href: at, mrid, modes: claims, facts });
        }
    }
    const winners = new Set(governing(ranked, clock.now()).values());
    found.push(
      ...[...winners]
        .sort((a, b) => a.primacy - b.primacy || (a.mRID < b.mRID ? -1 : 1))
        .map(({ kind: name, program, primacy, mRID, href: at }) => ({ kind: name, program, primacy, mRID, href: at })),
    );
  }
  return found;
}
