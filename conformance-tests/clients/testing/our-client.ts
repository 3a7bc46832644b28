/** Our client by itself as a client under test: a DER with everything a DER client may be asked for. */
import { silentLog } from '../../../src/base/log';
import { createClient, averageOf, httpsTransport, type ClientOptions, type Transport } from '../../../src/client';
import { ccm8, clientTls } from '../../../src/tls';
import { type Driven, type Make, type Seat } from './virtual-bench';

export interface Twist {
  /** What stands between the client and the server, for clients that are wrong on purpose. */
  readonly transport?: (right: Transport, seat: Seat) => Transport;
  readonly options?: Partial<ClientOptions>;
  /** Instead of what it does when alarms are asked for. */
  readonly alarms?: (client: ReturnType<typeof createClient>) => void;
}

const watts = (value: number) => ({ multiplier: 0, value });

export const transportOf = ({ host, port, device, rootsPem, clock }: Seat): Transport =>
  httpsTransport({ host, port, tls: clientTls({ ...device, rootsPem, clock, suites: [ccm8] }) });

/** What a DER of five kilowatts tells of itself. */
export const derOptions: Pick<ClientOptions, 'der' | 'mirror'> = {
  der: {
    capability: { modesSupported: '00100003', rtgMaxW: watts(5000), type: 4, doeModesSupported: '03' },
    settings: { modesEnabled: '00100003', setGradW: 100, setMaxW: watts(5000), doeModesEnabled: '03' },
    status: now => ({
      genConnectStatus: { dateTime: now, value: '07' },
      inverterStatus: { dateTime: now, value: 4 },
      operationalModeStatus: { dateTime: now, value: 2 },
    }),
    availability: () => ({ statWAvail: watts(3000) }),
  },
  mirror: {
    description: 'DER',
    roleFlags: '0049',
    quantities: [
      { name: 'real power', type: averageOf(38), read: () => -1500 },
      { name: 'reactive power', type: averageOf(63), read: () => 100 },
      { name: 'frequency', type: averageOf(33, { powerOfTenMultiplier: -2 }), read: () => 60 },
      { name: 'voltage', type: averageOf(29, { phase: 128 }), read: () => 240 },
    ],
  },
};

/** Overcurrent, overvoltage, undervoltage come and go (DER codes, protocol facts 3.10). */
export const sixEvents = [0, 2, 4, 1, 3, 5].map(logEventCode => ({ functionSet: 11, logEventCode, details: 'test' }));

export const ourClient =
  ({ transport, options, alarms }: Twist = {}): Make =>
  (seat): Driven => {
    const right = transportOf(seat);
    const client = createClient({
      transport: transport?.(right, seat) ?? right,
      clock: seat.clock,
      tasks: seat.tasks,
      random: seat.random,
      log: silentLog,
      lfdi: seat.device.lfdi,
      pin: seat.device.pin,
      register: true,
      dialect: 'csipaus-1.2',
      ...derOptions,
      ...options,
    });
    return {
      start: () => client.start(),
      stop: () => client.stop(),
      alarms: () => (alarms ? alarms(client) : sixEvents.forEach(event => client.tell(event))),
    };
  };
