/** Clients that are wrong on purpose: ours, with one habit changed. Each must be caught by the scenario that is meant for it. */
import { httpsTransport, type Transport, type TransportRequest, type TransportResponse } from '../../../src/client';
import { ccm8, clientTls } from '../../../src/tls';
import { type Role } from '../client-scenario';
import { ourAggregator, type AggregatorTwist } from './our-aggregator';
import { derOptions, ourClient, type Twist } from './our-client';
import { type Make, type Seat } from './virtual-bench';

export interface ClientMutant {
  /** What it does wrong. */
  readonly name: string;
  /** The scenario that is meant to catch it. */
  readonly caughtBy: string;
  readonly role: Role;
  readonly make: Make;
}

type Sent = TransportRequest;
type Came = TransportResponse;

const der = (name: string, caughtBy: string, twist: Twist): ClientMutant => ({
  name,
  caughtBy,
  role: 'der-client',
  make: ourClient(twist),
});
const agg = (name: string, caughtBy: string, twist: AggregatorTwist): ClientMutant => ({
  name,
  caughtBy,
  role: 'aggregator',
  make: ourAggregator(twist),
});

/** It takes what the server says for something else. */
const mishears =
  (change: (text: string, sent: Sent, seat: Seat) => string) =>
  (right: Transport, seat: Seat): Transport => ({
    ...rest(right),
    send: async sent => {
      const came = await right.send(sent);
      return { ...came, body: Buffer.from(change(came.body.toString('utf8'), sent, seat)) };
    },
  });

/** It says something else than it means, or nothing: what it does not send it takes for done. */
const missays =
  (change: (sent: Sent, seat: Seat) => Sent | undefined) =>
  (right: Transport, seat: Seat): Transport => ({
    ...rest(right),
    send: async sent => {
      const said = change(sent, seat);
      return said ? right.send(said) : done;
    },
  });

const done: Came = { status: 201, headers: { location: '/done' }, body: Buffer.alloc(0) };
const rest = (right: Transport): Pick<Transport, 'origin' | 'at' | 'close'> => ({
  ...(right.origin !== undefined && { origin: right.origin }),
  ...(right.at && { at: origin => right.at?.(origin) ?? right }),
  close: () => right.close?.(),
});

const text = ({ body = '' }: Sent): string => String(body);
const isResponse = (sent: Sent): boolean => sent.method === 'POST' && /Response[ >]/.test(text(sent));
const statusOf = (sent: Sent): number => Number(/<status>(\d+)/.exec(text(sent))?.[1]);
const rewritten = (sent: Sent, change: (body: string) => string): Sent => ({ ...sent, body: change(text(sent)) });
const responding = (change: (body: string, status: number) => string | undefined) =>
  missays(sent => {
    if (!isResponse(sent)) return sent;
    const body = change(text(sent), statusOf(sent));
    return body === undefined ? undefined : { ...sent, body };
  });
const withHeaders = (sent: Sent, headers: Record<string, string>): Sent => ({
  ...sent,
  headers: { ...sent.headers, ...headers },
});

/** Sends what fits once more. */
const twice =
  (fits: (sent: Sent) => boolean) =>
  (right: Transport): Transport => ({
    ...rest(right),
    send: async sent => {
      const came = await right.send(sent);
      return fits(sent) ? right.send(sent) : came;
    },
  });

/** After the first answer that fits it never asks again. */
const givesUp =
  (fits: (came: Came) => boolean) =>
  (right: Transport): Transport => {
    let over = false;
    return {
      ...rest(right),
      send: async sent => {
        if (over) return { status: 503, headers: { 'retry-after': '86400' }, body: Buffer.alloc(0) };
        const came = await right.send(sent);
        over = fits(came);
        return came;
      },
    };
  };

/** What it gets for an answer is another one. */
const takesFor =
  (change: (came: Came, sent: Sent) => Came) =>
  (right: Transport): Transport => ({ ...rest(right), send: async sent => change(await right.send(sent), sent) });

const wrongDigit = (body: string): string =>
  body.replace(/<sFDI>(\d+)(\d)</, (_, digits: string, last: string) => `<sFDI>${digits}${(Number(last) + 1) % 10}<`);

/** Looks at no certificate. */
const trusting = ({ host, port, device, rootsPem, clock }: Seat): Transport =>
  httpsTransport({
    host,
    port,
    tls: {
      ...clientTls({ ...device, rootsPem, clock, suites: [ccm8] }),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    },
  });

export const clientMutants: readonly ClientMutant[] = [
  // finding the way
  der('goes to the places where others have things', 'COMM-002', {
    transport: missays(sent => (sent.path.startsWith('/edev?') ? { ...sent, path: '/edev/1' } : sent)),
  }),
  der('does not say what it accepts', 'COMM-002', {
    transport: missays(({ headers = {}, ...sent }) => ({
      ...sent,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Accept')),
    })),
  }),
  der('does not follow redirects', 'ERR-001', {
    transport: takesFor(came => (came.status >= 300 && came.status < 400 ? { ...came, status: 404 } : came)),
  }),
  der('makes hrefs up instead of following them', 'FAULT-010', {
    transport: missays(sent => ({ ...sent, path: sent.path.replace('/~q/zz-81', '') })),
  }),
  der('reads the first page of a list alone', 'FAULT-011', {
    transport: mishears(body =>
      body
        .replace(/ all="\d+"(.*?) results="(\d+)"/, ' all="$2"$1 results="$2"')
        .replace(/ results="(\d+)"(.*?) all="\d+"/, ' results="$1"$2 all="$1"'),
    ),
  }),
  der('stumbles over elements it does not know', 'FAULT-015', {
    transport: mishears(body => (body.includes('urn:example:later') ? '<broken' : body)),
  }),
  ...(['COMM-004D', 'COMM-004E', 'COMM-004F', 'COMM-004G'] as const).map(id =>
    der(`talks to any server (${id})`, id, { transport: (_right, seat) => trusting(seat) }),
  ),
  // polling
  der('polls every five seconds', 'CORE-003', { options: { pollRateS: 5 } }),
  der('polls every five minutes', 'CORE-003', { options: { pollRateS: 300 } }),
  der('reads Time once and never again', 'CORE-006', {
    transport: (right => {
      let known: Came | undefined;
      return {
        ...rest(right),
        send: async sent => {
          if (sent.path !== '/tm') return right.send(sent);
          return (known ??= await right.send(sent));
        },
      };
    }) satisfies NonNullable<Twist['transport']>,
  }),
  der('goes by its own clock', 'CORE-005', {
    transport: mishears((body, _sent, { clock }) => body.replace(/<currentTime>\d+/, `<currentTime>${clock.now()}`)),
  }),
  der('tells its own time in Responses', 'CORE-005', {
    transport: missays((sent, { clock }) =>
      isResponse(sent)
        ? rewritten(sent, body => body.replace(/<createdDateTime>\d+/, `<createdDateTime>${clock.now()}`))
        : sent,
    ),
  }),
  // who is who
  der('works out the check digit wrongly', 'CORE-009B', {
    transport: missays(sent => (sent.method === 'POST' ? rewritten(sent, wrongDigit) : sent)),
  }),
  der('does not look at the PIN', 'PIN-001', {
    transport: mishears((body, _sent, { device }) => body.replace(/<pIN>\d+/, `<pIN>${device.pin}`)),
  }),
  // DER information, alarms, readings
  der('writes elements of a PUT in the wrong order', 'CORE-014', {
    transport: missays(sent =>
      sent.method === 'PUT'
        ? rewritten(sent, body => body.replace(/(<multiplier>-?\d+<\/multiplier>)(<value>-?\d+<\/value>)/, '$2$1'))
        : sent,
    ),
  }),
  der('sends application/xml', 'CORE-009', {
    transport: missays(sent =>
      sent.method === 'PUT' ? withHeaders(sent, { 'Content-Type': 'application/xml' }) : sent,
    ),
  }),
  der('never tells its settings', 'CORE-009', {
    transport: missays(sent => (sent.method === 'PUT' && text(sent).includes('<DERSettings') ? undefined : sent)),
  }),
  der('sets more than it is rated for', 'CORE-014', {
    options: {
      der: {
        ...derOptions.der,
        settings: { setGradW: 100, setMaxW: { multiplier: 0, value: 9000 } },
      },
    },
  }),
  der('tells its status once', 'BASIC-028', {
    transport: (right => {
      let told = false;
      return {
        ...rest(right),
        send: async sent => {
          if (sent.method !== 'PUT' || !text(sent).includes('<DERStatus')) return right.send(sent);
          if (told) return { ...done, status: 204 };
          told = true;
          return right.send(sent);
        },
      };
    }) satisfies NonNullable<Twist['transport']>,
  }),
  der('keeps alarms to itself', 'BASIC-027', { alarms: () => undefined }),
  der('dates alarms by the beginning of its day', 'BASIC-027', {
    transport: missays(sent =>
      text(sent).includes('<LogEvent')
        ? rewritten(sent, body =>
            body.replace(/<createdDateTime>(\d+)/, (_, at: string) => `<createdDateTime>${Number(at) - 40_000}`),
          )
        : sent,
    ),
  }),
  der('makes a mirror and posts nothing', 'BASIC-029', {
    transport: missays(sent => (/<MirrorMeterReading(List)?[ >]/.test(text(sent).slice(0, 40)) ? undefined : sent)),
  }),
  der('measures real power alone', 'BASIC-029B', {
    options: { mirror: { quantities: (derOptions.mirror?.quantities ?? []).slice(0, 1) } },
  }),
  // events
  der('ignores cancellations', 'CORE-022', {
    transport: mishears(body => body.replaceAll('<currentStatus>2', '<currentStatus>1')),
  }),
  der('takes every event for cancelled that ends', 'FAULT-012', { options: { dialect: '2023' } }),
  der('does not see events before they run', 'CORE-012', {
    transport: mishears(body =>
      body.includes('<currentStatus>0')
        ? body.replace(/<DERControl [^>]*>(?:(?!<\/DERControl>).)*<currentStatus>0.*?<\/DERControl>/gs, '')
        : body,
    ),
  }),
  der('ignores primacy', 'BASIC-021', {
    transport: mishears(body =>
      body.replace(/<primacy>(\d+)/g, (_, primacy: string) => `<primacy>${100 - Number(primacy)}`),
    ),
  }),
  der('runs no two events beside each other', 'BASIC-024', {
    transport: mishears(body =>
      body.replace(/<opModFixedPFInjectW>.*?<\/opModFixedPFInjectW>/gs, '<opModMaxLimW>5000</opModMaxLimW>'),
    ),
  }),
  der('starts when the interval says, whatever the randomisation', 'CORE-021', {
    transport: mishears(body =>
      body
        .replace(/<randomize(Start|Duration)>-?\d+<\/randomize\1>/g, '')
        .replace(/<start>(\d+)/g, (_, at: string) => `<start>${Number(at) + 45}`),
    ),
  }),
  der('reads no defaults', 'BASIC-016', {
    transport: mishears(body => body.replace(/<DefaultDERControlLink[^>]*\/>/g, '')),
  }),
  der('reads no curves', 'BASIC-006', {
    transport: mishears(body => body.replace(/<DERCurveListLink[^>]*\/>/g, '')),
  }),
  der('knows one program', 'CORE-010', {
    transport: mishears(body => {
      const [first = ''] = /<DERProgram [^>]*>.*?<\/DERProgram>/s.exec(body) ?? [];
      return body.startsWith('<DERProgramList') && first !== ''
        ? body.replace(/<DERProgram [^>]*>.*<\/DERProgram>/s, first).replace(/(all|results)="\d+"/g, '$1="1"')
        : body;
    }),
  }),
  // Responses
  der('never says that it completed an event', 'CORE-012', {
    transport: responding((body, status) => (status === 3 ? undefined : body)),
  }),
  der('says opted out where it received', 'CORE-012', {
    transport: responding(body => body.replace('<status>1<', '<status>4<')),
  }),
  der('counts Responses from 0 as figures of the guide do', 'CORE-022', {
    transport: responding(body =>
      body.replace(/<status>(\d)</, (_, status: string) => `<status>${Number(status) - 1}<`),
    ),
  }),
  der('says everything twice', 'CORE-012', { transport: twice(isResponse) }),
  der('says completed when it was superseded', 'BASIC-021', {
    transport: responding((body, status) => (status === 7 ? body.replace('<status>7<', '<status>3<') : body)),
  }),
  der('writes mRIDs in lower case', 'CORE-012', {
    transport: responding(body => body.replace(/<subject>(\w+)/, (_, id: string) => `<subject>${id.toLowerCase()}`)),
  }),
  der('forgets Responses that did not get through', 'FAULT-014', {
    transport: takesFor((came, sent) => (isResponse(sent) && came.status >= 500 ? done : came)),
  }),
  // trouble
  der('gives up after a server error', 'FAULT-006', { transport: givesUp(({ status }) => status >= 500) }),
  der('does not hear Retry-After', 'FAULT-007', {
    transport: takesFor(came => (came.status === 503 ? { ...came, status: 500, headers: {} } : came)),
  }),
  der('asks and asks a server that is in trouble', 'FAULT-006', {
    transport: (right => ({
      ...rest(right),
      send: async sent => {
        let came = await right.send(sent);
        for (let again = 0; came.status >= 500 && again < 10; again++) came = await right.send(sent);
        return came;
      },
    })) satisfies NonNullable<Twist['transport']>,
  }),
  // aggregators
  agg('does not subscribe', 'CORE-018', {
    transport: missays(sent => (text(sent).includes('<Subscription') ? undefined : sent)),
  }),
  agg('takes no heed of notifications', 'MAINT-004', { take: () => true }),
  agg('refuses notifications', 'CORE-018', { take: () => false }),
  agg('does not subscribe again', 'CORE-019', {
    take: (to, notification) => notification.status !== 0 || to.notified(notification),
  }),
  agg('subscribes for each device that shares a program', 'UTIL-003', {
    transport: twice(sent => text(sent).includes('<Subscription')),
  }),
  agg('does not see new devices', 'AGG-001', {
    transport: (right => {
      let known: Came | undefined;
      return {
        ...rest(right),
        send: async sent => {
          if (!/\/edev\?/.test(sent.path)) return right.send(sent);
          return (known ??= await right.send(sent));
        },
      };
    }) satisfies NonNullable<Twist['transport']>,
  }),
  agg('answers as itself', 'AGG-003', {
    transport: missays((sent, { device }) =>
      isResponse(sent)
        ? rewritten(sent, body => body.replace(/<endDeviceLFDI>\w+/, `<endDeviceLFDI>${device.lfdi}`))
        : sent,
    ),
  }),
  agg('answers for one of its devices alone', 'AGG-005', {
    transport: (right => {
      let first: string | undefined;
      return {
        ...rest(right),
        send: async sent => {
          const [, lfdi] = /<endDeviceLFDI>(\w+)/.exec(text(sent)) ?? [];
          if (!isResponse(sent) || lfdi === undefined) return right.send(sent);
          first ??= lfdi;
          return lfdi === first ? right.send(sent) : done;
        },
      };
    }) satisfies NonNullable<Twist['transport']>,
  }),
  agg('tells DER information of one device alone', 'UTIL-002', {
    transport: missays(sent => (sent.method === 'PUT' && !sent.path.startsWith('/edev/2/') ? undefined : sent)),
  }),
];
