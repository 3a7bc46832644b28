import { DeviceCapability } from '../../src/model/dcap';
import { DERControl, DERControlList, DERCurveList, DefaultDERControl, type DERProgram } from '../../src/model/der';
import { Time } from '../../src/model/time';
import { Problem } from '../../src/base/problem';
import { clearDevice, linked, ownDevice, programsOf, registered, whole, type Registered } from '../discover';
import { procedure, type Lab } from '../procedure';
import { type ControlRef } from '../operator';

const startsInS = 180;
const lastsS = 120;
const defaultMaxLimW = 5000;
const eventMaxLimW = 6000;
/** Ten points of a volt-var curve, hundredths of per cent. */
const points = [9000, 9200, 9500, 9670, 9800, 10_000, 10_300, 10_500, 10_700, 10_900].map((xvalue, i) => ({
  xvalue,
  yvalue: 4000 - i * 800,
}));

interface Fixture extends Registered {
  readonly event: ControlRef;
  readonly start: number;
  readonly description: string;
}

const now = async (lab: Lab, { wire }: Registered): Promise<number> => {
  const dcap = await wire.get(DeviceCapability, lab.dcapPath);
  return (await wire.get(Time, linked(dcap.TimeLink, 'TimeLink'))).currentTime;
};

async function ours(lab: Lab, { wire, description }: Fixture): Promise<DERProgram> {
  const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath));
  const found = programs.find(program => program.description === description);
  if (!found) throw new Problem('CANNOT_REACH', { at: 'DERProgramList', note: `no program "${description}"` });
  return found;
}

async function control(lab: Lab, fixture: Fixture): Promise<DERControl | undefined> {
  const program = await ours(lab, fixture);
  const list = await fixture.wire.get(DERControlList, whole(linked(program.DERControlListLink, 'DERControlListLink')));
  return list.DERControl.find(each => each.mRID === fixture.event.mRID);
}

export const core012 = procedure<Fixture>({
  id: 'CORE-012',
  title: 'Basic DER program and control',
  requirements: ['CTP CORE-012', 'CSIP G10', 'IEEE 2030.5-2018 10.2.3, 10.10'],
  needs: ['csip', 'out-of-band-registration', 'der-control'],
  fixture:
    'One program with a default (opModMaxLimW 50 %), a curve of ten points, and an event (opModMaxLimW 60 %) that starts in three minutes and lasts two.',
  arrange: async lab => {
    const device = await registered(lab, 'CORE-012');
    const description = 'CORE-012 program';
    const program = await lab.operator.createProgram({ description, primacy: 1, devices: [device.identity.lfdi] });
    await lab.operator.setDefault(program, { opModMaxLimW: defaultMaxLimW });
    await lab.operator.addCurve(program, {
      CurveData: points,
      curveType: 11,
      openLoopTms: 10,
      xMultiplier: -2,
      yMultiplier: -2,
      yRefType: 2,
    });
    const start = (await now(lab, device)) + startsInS;
    const event = await lab.operator.createEvent(program, {
      start,
      durationS: lastsS,
      base: { opModMaxLimW: eventMaxLimW },
      responseRequired: '07',
    });
    return { ...device, event, start, description };
  },
  clear: clearDevice,
  steps: [
    {
      action: 'GET the program, its default and its curve.',
      expect: 'Primacy, default value and all ten points are as configured.',
      run: async (lab, fixture, check) => {
        const program = await ours(lab, fixture);
        check.equal('primacy', program.primacy, 1);
        const fallback = await fixture.wire.get(
          DefaultDERControl,
          linked(program.DefaultDERControlLink, 'DefaultDERControlLink'),
        );
        check.equal('default opModMaxLimW', fallback.DERControlBase.opModMaxLimW, defaultMaxLimW);
        const curves = await fixture.wire.get(
          DERCurveList,
          whole(linked(program.DERCurveListLink, 'DERCurveListLink')),
        );
        check.equal('curves', curves.all, 1);
        check.equal(
          'points',
          curves.DERCurve[0]?.CurveData.map(({ xvalue, yvalue }) => ({ xvalue, yvalue })),
          points,
        );
      },
    },
    {
      action: 'GET the DERControlList before the event starts.',
      expect:
        'The event is there with status 0, its interval and value as configured, replyTo present, mRID of 32 hex digits, and readable by itself.',
      run: async (lab, fixture, check) => {
        const event = await control(lab, fixture);
        check.that('the event is listed', event !== undefined);
        if (!event) return;
        check.equal('currentStatus', event.EventStatus.currentStatus, 0);
        check.equal('interval', event.interval, { duration: lastsS, start: fixture.start });
        check.equal('opModMaxLimW', event.DERControlBase.opModMaxLimW, eventMaxLimW);
        check.that(
          'replyTo with responseRequired 07',
          event.replyTo !== undefined && event.responseRequired === '07',
          event.replyTo,
        );
        check.that('mRID', /^[0-9A-F]{32}$/.test(event.mRID), event.mRID);
        const alone = await fixture.wire.get(DERControl, linked({ href: event.href ?? '' }, 'DERControl/@href'));
        check.equal('the same by itself', alone.mRID, event.mRID);
        const program = await ours(lab, fixture);
        check.equal('no active control yet', program.ActiveDERControlListLink?.all, 0);
      },
    },
    {
      action: 'Wait for the start of the event and GET it again.',
      expect: 'Status 1 at once, never 0; dateTime is the start; it stands in the ActiveDERControlList.',
      run: async (lab, fixture, check) => {
        await lab.untilServerTime(fixture.wire, fixture.start);
        const event = await control(lab, fixture);
        check.equal('currentStatus', event?.EventStatus.currentStatus, 1);
        check.equal('dateTime', event?.EventStatus.dateTime, fixture.start);
        const program = await ours(lab, fixture);
        const active = await fixture.wire.get(
          DERControlList,
          whole(linked(program.ActiveDERControlListLink, 'ActiveDERControlListLink')),
        );
        check.equal(
          'active controls',
          active.DERControl.map(each => each.mRID),
          [fixture.event.mRID],
        );
      },
    },
    {
      action: 'Wait for the end of the event and GET the lists again.',
      expect: 'It is active in no list any more; the default is as before.',
      run: async (lab, fixture, check) => {
        await lab.untilServerTime(fixture.wire, fixture.start + lastsS);
        const event = await control(lab, fixture);
        check.that(
          'gone, or completed',
          event === undefined || event.EventStatus.currentStatus === 5,
          event?.EventStatus,
        );
        const program = await ours(lab, fixture);
        const active = await fixture.wire.get(
          DERControlList,
          whole(linked(program.ActiveDERControlListLink, 'ActiveDERControlListLink')),
        );
        check.equal('active controls', active.all, 0);
        const fallback = await fixture.wire.get(
          DefaultDERControl,
          linked(program.DefaultDERControlLink, 'DefaultDERControlLink'),
        );
        check.equal('default opModMaxLimW', fallback.DERControlBase.opModMaxLimW, defaultMaxLimW);
      },
    },
  ],
});
