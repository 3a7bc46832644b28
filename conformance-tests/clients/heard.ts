/** What was heard of a client: each request with what became of it, and each notification it was sent. */
import { type Exchange } from '../wire';

export interface Heard extends Exchange {
  readonly lfdi: string;
  /** Element name of the resource at this path, as far as a document has told: `DERControlList`. */
  readonly resource: string | undefined;
  /** Whether a document, a Location or a notification had told the client this path. */
  readonly offered: boolean;
  /** Deeds of the faults it met. */
  readonly faults: readonly string[];
  readonly protocol: string;
  readonly cipher: string;
  /** When it was answered, by the server's clock; undefined where it was not. */
  readonly answeredAt?: number;
}

/** A notification as the server sent it, and how it was taken. */
export interface Told {
  /** Whom it was for. */
  readonly lfdi: string;
  readonly uri: string;
  readonly body: string;
  readonly outcome: 'delivered' | 'unwanted' | 'answer' | 'refused' | 'unreachable';
  readonly why?: string;
  /** By the server's clock, seconds. */
  readonly at: number;
}

export const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

/** What documents have told of paths: that they are there, and what is to be found at them. */
export class Links {
  private readonly kinds = new Map<string, string>();
  private readonly paths = new Set<string>();

  constructor(...entries: readonly string[]) {
    for (const entry of entries) this.offer(entry, 'DeviceCapability');
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  resourceAt(path: string): string | undefined {
    return this.kinds.get(path);
  }

  /** Every href of a document, by the name of the element it stands on; a link is called after what it leads to. */
  learn(body: string): void {
    for (const [, name = '', attributes = ''] of body.matchAll(/<([\w:]+)((?:\s+[\w:]+="[^"]*")+)/g)) {
      const href = / href="([^"]*)"/.exec(attributes)?.[1];
      const replyTo = / replyTo="([^"]*)"/.exec(attributes)?.[1];
      const local = name.slice(name.indexOf(':') + 1);
      if (href?.startsWith('/')) this.offer(pathOf(href), /Link$/.test(local) ? local.slice(0, -4) : kindOf(local));
      if (replyTo?.startsWith('/')) this.offer(pathOf(replyTo), 'ResponseList');
    }
  }

  offer(path: string, kind?: string): void {
    this.paths.add(path);
    if (kind !== undefined && !this.kinds.has(path))
      this.kinds.set(path, kind.replace(/^Active(?=DERControlList$)/, ''));
  }
}

/** Curve modes of a control base are links to curves. */
const kindOf = (element: string): string => (/^opMod/.test(element) ? 'DERCurve' : element);
