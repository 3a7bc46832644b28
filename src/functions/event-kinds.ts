/**
 * Kinds of events beside DERControls, and what tells which of them take the place of which. Everything else about them (status,
 * activation, cancellation, completion, retention) is the same time line for all (services/timeline.ts).
 */
import { model } from '../model';
import { type DateTimeInterval, type EventStatus } from '../model/common';
import { type Complex } from '../model/dsl';
import { type Href } from '../model/href';
import { type Resource } from '../model/resource';
import * as responses from '../model/response';

/** Any event as it is stored: in wire form, its status that of the last thing the server did to it. */
export interface StoredEvent {
  readonly mRID?: string;
  readonly creationTime?: number;
  readonly interval: DateTimeInterval;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  readonly deviceCategory?: string;
  readonly subject?: string;
  readonly responseRequired?: string;
  readonly version?: number;
  readonly EventStatus?: EventStatus;
}

export interface EventKind {
  readonly item: Resource;
  /** Type of the Responses to it, beside the plain one. */
  readonly response: Complex;
  /** What it governs, by the names that supersession compares (services/supersession.ts): a newer one takes what it names. */
  readonly modes: (event: StoredEvent) => readonly string[];
  /** Whether only devices of its deviceCategory are meant. */
  readonly byCategory?: true;
}

export const eventKinds: readonly EventKind[] = [
  {
    item: model.drlc.control,
    response: responses.DrResponse,
    // Offset, set point, duty cycle and the rest are ways to say one thing; a device follows the one it can (10.3).
    modes: () => ['load'],
    byCategory: true,
  },
  { item: model.pricing.interval, response: responses.PriceResponse, modes: () => ['price'] },
  // Messages are shown beside one another: none takes the place of another (docs/choices.md).
  { item: model.messaging.message, response: responses.TextResponse, modes: () => [] },
  {
    item: model.flowReservation.response,
    response: responses.FlowReservationResponseResponse,
    // Another answer to the same request; those to two requests stand beside each other (10.9.1).
    modes: ({ subject = '' }) => [subject],
  },
];

const byName = new Map(eventKinds.map(kind => [kind.item.name, kind]));

export const eventKindOf = ({ name }: Pick<Resource, 'name'>): EventKind | undefined => byName.get(name);
export const eventKindNamed = (name: string): EventKind | undefined => byName.get(name);

/** Id of the ResponseSet for an event: that of its program, or of the device where it stands below one. */
export const responseSetOf = (event: Href): string => event.split('/')[2] ?? '';
