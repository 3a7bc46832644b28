/** One device's world on a fake server: everything a client finds from DeviceCapability on, at paths nobody would guess. */
import { type Clock, type Seconds } from '../../base/clock';
import { DeviceCapability } from '../../model/dcap';
import {
  DefaultDERControl,
  DERAvailability,
  DERCapability,
  DERControlList,
  DERCurveList,
  DERList,
  DERProgramList,
  DERSettings,
  DERStatus,
  type DERControl,
  type DERControlBase,
  type DERCurve,
} from '../../model/der';
import { EndDeviceList, Registration, type EndDevice } from '../../model/edev';
import { FunctionSetAssignmentsList } from '../../model/fsa';
import { MirrorMeterReading, MirrorMeterReadingList, MirrorUsagePoint, MirrorUsagePointList } from '../../model/mirror';
import { DERControlResponse, Response } from '../../model/response';
import { Time } from '../../model/time';
import { answer, FakeServer } from './fake-server';

export const lfdi = '3E4F45AB31EDFE5B67E343E5E4562E31984E23E5';
export const sfdi = 167_261_211_391;
export const pin = 111_115;

export const paths = {
  dcap: '/dcap',
  time: '/k/clock',
  devices: '/people',
  registration: '/people/7/secret',
  fsas: '/people/7/jobs',
  programs: '/k/9/p',
  controls: (program: string) => `/c/${program}`,
  active: (program: string) => `/a/${program}`,
  standing: (program: string) => `/d/${program}`,
  curves: (program: string) => `/v/${program}`,
  ders: '/people/7/things',
  capability: '/t/1',
  settings: '/t/2',
  status: '/t/3',
  availability: '/t/4',
  mirrors: '/mirrors',
  mirror: '/mirrors/ab',
  responses: '/said',
};

export interface FakeProgram {
  primacy: number;
  base?: DERControlBase;
  controls: DERControl[];
  curves?: DERCurve[];
}

export const importLimit = (w: number): DERControlBase => ({
  opModImpLimW: { multiplier: 0, value: w },
  opModExpLimW: { multiplier: 0, value: w },
});

let made = 0;
export function control(
  start: Seconds,
  duration: number,
  base: DERControlBase,
  more: Partial<DERControl> & { status?: number } = {},
): DERControl {
  const { status = 0, ...rest } = more;
  made++;
  return {
    mRID: made.toString(16).toUpperCase().padStart(24, '0') + '00099999',
    creationTime: 1000,
    replyTo: paths.responses,
    responseRequired: '03',
    EventStatus: { currentStatus: status, dateTime: 1000, potentiallySuperseded: false },
    interval: { duration, start },
    DERControlBase: base,
    ...rest,
  };
}

export interface FakeSite {
  readonly server: FakeServer;
  readonly programs: Record<string, FakeProgram>;
  readonly device: { -readonly [K in keyof EndDevice]: EndDevice[K] };
  /** Added to what the server's clock shows, s. */
  skewS: number;
  pin: number;
  pollRate: {
    programs: number;
    time: number;
    fsas: number;
    devices: number;
    dcap: number;
    registration: number;
    ders: number;
  };
  postRate: number;
  /** `status subject` of each Response, in order. */
  said(): string[];
}

/** Poll rates are long but for the programs', so that a test sees little it did not ask for. */
export function fakeSite(clock: Clock, at?: ConstructorParameters<typeof FakeServer>[2]): FakeSite {
  const server = new FakeServer(clock, undefined, at);
  const day = 86_400;
  const site: FakeSite = {
    server,
    programs: { '0A': { primacy: 5, base: importLimit(1000), controls: [] } },
    device: {
      lFDI: lfdi.toLowerCase(),
      sFDI: sfdi,
      changedTime: 1,
      RegistrationLink: { href: paths.registration },
      FunctionSetAssignmentsListLink: { href: paths.fsas, all: 1 },
      DERListLink: { href: paths.ders, all: 1 },
    },
    skewS: 0,
    pin,
    pollRate: { programs: 300, time: day, fsas: day, devices: day, dcap: day, registration: day, ders: 900 },
    postRate: 300,
    said: () =>
      server.received
        .filter(({ path }) => path === paths.responses)
        .map(({ value }) => `${(value as Response).status} ${(value as Response).subject}`),
  };
  const link = (href: string, all = 1) => ({ href, all });
  server.serve(paths.dcap, DeviceCapability, () => ({
    pollRate: site.pollRate.dcap,
    TimeLink: { href: paths.time },
    EndDeviceListLink: link(paths.devices, 2),
    MirrorUsagePointListLink: link(paths.mirrors, 0),
  }));
  server.serve(paths.time, Time, () => ({
    pollRate: site.pollRate.time,
    currentTime: clock.now() + site.skewS,
    dstEndTime: 0,
    dstOffset: 0,
    dstStartTime: 0,
    quality: 7,
    tzOffset: 0,
  }));
  const other: EndDevice = { lFDI: '0F3078CFDDAEE28DC20B95635DC116CC2A6D877F', sFDI: 40_773_583_337, changedTime: 2 };
  server.serve(paths.devices, EndDeviceList, () => ({
    pollRate: site.pollRate.devices,
    all: 0,
    results: 0,
    EndDevice: [other, site.device],
  }));
  server.serve(paths.registration, Registration, () => ({
    pollRate: site.pollRate.registration,
    dateTimeRegistered: 1,
    pIN: site.pin,
  }));
  server.serve(paths.fsas, FunctionSetAssignmentsList, () => ({
    pollRate: site.pollRate.fsas,
    all: 0,
    results: 0,
    FunctionSetAssignments: [
      { mRID: '01', DERProgramListLink: link(paths.programs), TimeLink: { href: paths.time } },
      { mRID: '02', DERProgramListLink: link(paths.programs) },
    ],
  }));
  server.serve(paths.programs, DERProgramList, () => ({
    pollRate: site.pollRate.programs,
    all: 0,
    results: 0,
    DERProgram: Object.entries(site.programs).map(([mRID, { primacy, base, controls, curves }]) => {
      serveProgram(site, mRID);
      return {
        mRID,
        primacy,
        ActiveDERControlListLink: link(paths.active(mRID), 0),
        DERControlListLink: link(paths.controls(mRID), controls.length),
        ...(base && { DefaultDERControlLink: { href: paths.standing(mRID) } }),
        ...(curves && { DERCurveListLink: link(paths.curves(mRID), curves.length) }),
      };
    }),
  }));
  server.serve(paths.ders, DERList, () => ({
    pollRate: site.pollRate.ders,
    all: 0,
    results: 0,
    DER: [
      {
        href: '/t',
        DERCapabilityLink: { href: paths.capability },
        DERSettingsLink: { href: paths.settings },
        DERStatusLink: { href: paths.status },
        DERAvailabilityLink: { href: paths.availability },
      },
    ],
  }));
  for (const [path, type] of [
    [paths.capability, DERCapability],
    [paths.settings, DERSettings],
    [paths.status, DERStatus],
    [paths.availability, DERAvailability],
  ] as const)
    server.acceptPut(path, type);
  server.serve(paths.mirrors, MirrorUsagePointList, { all: 0, results: 0, MirrorUsagePoint: [] });
  server.acceptPost(paths.mirrors, [MirrorUsagePoint], value => {
    server.serve(paths.mirror, MirrorUsagePoint, () => ({
      ...(value as MirrorUsagePoint),
      MirrorMeterReading: [],
      postRate: site.postRate,
    }));
    server.acceptPost(paths.mirror, [MirrorMeterReading, MirrorMeterReadingList], () => answer(204));
    return answer(201, { location: paths.mirror });
  });
  server.acceptPost(paths.responses, [Response, DERControlResponse], () =>
    answer(201, { location: `${paths.responses}/1` }),
  );
  return site;
}

function serveProgram(site: FakeSite, mRID: string): void {
  const { server, programs } = site;
  server.serve(paths.controls(mRID), DERControlList, () => ({
    all: 0,
    results: 0,
    DERControl: programs[mRID]?.controls ?? [],
  }));
  server.serve(paths.standing(mRID), DefaultDERControl, () => ({
    mRID: `DD${mRID}`,
    DERControlBase: programs[mRID]?.base ?? {},
    setGradW: 50,
  }));
  server.serve(paths.curves(mRID), DERCurveList, () => ({
    all: 0,
    results: 0,
    DERCurve: programs[mRID]?.curves ?? [],
  }));
}
