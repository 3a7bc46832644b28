/** Questions about what a client did; expectations are put together from them. */
import { read } from '../../src/codec/read';
import { type Complex, type Infer } from '../../src/model/dsl';
import { DERControlResponse, Response } from '../../src/model/response';
import { Subscription } from '../../src/model/subscription';
import { pathOf, type Heard } from './heard';
import { type Stage } from './stage';

export interface Said {
  /** When it was sent, by the server's clock. */
  readonly at: number;
  readonly status: number;
  /** mRID of the event, in upper case. */
  readonly subject: string;
  readonly lfdi: string;
  readonly createdDateTime: number | undefined;
  /** What it was answered with; 0 where it was not. */
  readonly answered: number;
}

export interface Subscribed {
  readonly at: number;
  readonly path: string;
  readonly resource: string | undefined;
  readonly notificationURI: string;
  readonly answered: number;
}

export class Seen {
  constructor(
    readonly stage: Stage,
    readonly all: readonly Heard[],
    /** End of the watch, by the server's clock. */
    readonly end: number,
  ) {}

  gets(resource: string): Heard[] {
    return this.all.filter(each => each.method === 'GET' && each.resource === resource);
  }

  /** GETs that were answered 200. */
  got(resource: string): Heard[] {
    return this.gets(resource).filter(({ status }) => status === 200);
  }

  puts(resource: string): Heard[] {
    return this.all.filter(each => each.method === 'PUT' && each.resource === resource);
  }

  posts(resource: string): Heard[] {
    return this.all.filter(each => each.method === 'POST' && each.resource === resource);
  }

  /** Documents among these that can be read. */
  documents<T extends Complex>(
    type: T,
    heard: readonly Heard[],
  ): { readonly heard: Heard; readonly value: Infer<T> }[] {
    return heard.flatMap(each => {
      const value = documentOf(type, each.requestBody);
      return value ? [{ heard: each, value }] : [];
    });
  }

  responses(): Said[] {
    return this.all
      .filter(
        each =>
          each.method === 'POST' && /^\s*(<\?[^>]*>\s*)?<(\w+:)?(DERControl)?Response[\s>]/.test(each.requestBody),
      )
      .flatMap(each => {
        const value = documentOf(DERControlResponse, each.requestBody) ?? documentOf(Response, each.requestBody);
        if (!value) return [];
        const { status = 0, subject, endDeviceLFDI, createdDateTime } = value;
        return [
          {
            at: each.at,
            status,
            subject: subject.toUpperCase(),
            lfdi: endDeviceLFDI.toUpperCase(),
            createdDateTime,
            answered: each.status,
          },
        ];
      });
  }

  /** Responses of a device to an event, those that reached the server. */
  responsesOf(event: string, lfdi: string): Said[] {
    const subject = this.stage.events.get(event)?.ref.mRID.toUpperCase();
    return this.responses().filter(
      each => each.subject === subject && each.lfdi === lfdi && each.answered >= 200 && each.answered < 300,
    );
  }

  subscriptions(): Subscribed[] {
    const { links } = this.stage.front;
    return this.documents(Subscription, this.posts('SubscriptionList')).map(({ heard, value }) => ({
      at: heard.at,
      path: pathOf(value.subscribedResource),
      resource: links.resourceAt(pathOf(value.subscribedResource)),
      notificationURI: value.notificationURI,
      answered: heard.status,
    }));
  }

  /** Different paths among these. */
  static paths(heard: readonly Heard[]): string[] {
    return [...new Set(heard.map(({ path }) => pathOf(path)))];
  }
}

function documentOf<T extends Complex>(type: T, body: string): Infer<T> | undefined {
  try {
    return read(type, body, { mode: 'lenient' }).value;
  } catch {
    return undefined; // that it cannot be read is a fault of its own (request-rules.ts)
  }
}
