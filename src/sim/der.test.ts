import { write } from '../codec/write';
import { dialects } from '../model/dialect';
import { DERCapability, DERSettings, DERStatus } from '../model/der';
import { derInfo, derStatus, derType, ratedW } from './der';
import { bench, chargers, hungryCar, quiet } from './testing/bench';

const dialect = dialects['csipaus-1.2'];
const hybrid = { kind: 'inverter' as const, pvW: 8000, batteryW: 4000, batteryWh: 9000 };

describe('DER facts', () => {
  it('names the type and the rating of each kind of site', () => {
    const of = (customer: object) => bench({ customer }).site.spec;
    expect(derType(of({ kind: 'inverter', pvW: 5000 }))).toBe(4);
    expect(derType(of(hybrid))).toBe(83);
    expect(derType(of({ batteryW: 4000, batteryWh: 9000 }))).toBe(80);
    expect(derType(of({ evse: chargers(32) }))).toBe(82);
    expect(derType(of({ evse: chargers(32), pvW: 5000 }))).toBe(1);
    expect(ratedW(of({ kind: 'inverter', pvW: 5000 }))).toBe(5000);
    expect(ratedW(of(hybrid))).toBe(12_000);
    expect(ratedW(of({ evse: chargers(32) }))).toBe(14_000);
  });

  it('is what the wire takes, settings within ratings', () => {
    const { site } = bench({ customer: hybrid });
    const info = derInfo(site);
    const { capability, settings } = info;
    expect(capability).toMatchObject({ rtgMaxChargeRateW: { value: 4000, multiplier: 0 }, rtgMaxWh: { value: 9000 } });
    expect(settings?.setMaxW).toEqual(capability?.rtgMaxW);
    if (!capability || !settings || !info.status) throw new Error('something is missing');
    expect(write(DERCapability, capability, { dialect })).toContain('<type>83</type>');
    expect(write(DERSettings, { ...settings, updatedTime: 5 }, { dialect })).toContain('setGradW');
    expect(write(DERStatus, { ...info.status(7), readingTime: 7 }, { dialect })).toContain('inverterStatus');
  });

  it('tells tracking from throttled, and how the battery stands', () => {
    const b = bench({ customer: hybrid });
    b.around.irradianceWm2 = 900;
    b.limits.reading.exportW = 9000;
    b.run(60);
    expect(derStatus(b.site, 60)).toMatchObject({
      inverterStatus: { dateTime: 60, value: 4 },
      genConnectStatus: { value: '07' },
      operationalModeStatus: { value: 2 },
      localControlModeStatus: { value: 1 },
      storageModeStatus: { value: 0 },
    });
    b.limits.reading.exportW = 500;
    b.run(60);
    expect(derStatus(b.site, 120).inverterStatus?.value).toBe(5);
    b.around.irradianceWm2 = 0;
    b.around.loadW = 3000;
    b.run(60);
    expect(derStatus(b.site, 180)).toMatchObject({ inverterStatus: { value: 8 }, storageModeStatus: { value: 1 } });
    const soc = b.site.devices.battery?.soc ?? 0;
    expect(derStatus(b.site, 180).stateOfChargeStatus?.value).toBe(Math.round(soc * 10_000));
  });

  it('says when the sensor has failed and when it is disconnected', () => {
    const b = bench({ customer: hybrid, sessions: [hungryCar], change: quiet });
    b.around.irradianceWm2 = 900;
    b.run(30);
    b.limits.reading.connected = false;
    b.run(30);
    expect(b.site.pvW).toBeCloseTo(0, 3);
    expect(b.site.batteryW).toBeGreaterThanOrEqual(-0.01);
    expect(derStatus(b.site, 60)).toMatchObject({ inverterStatus: { value: 1 }, operationalModeStatus: { value: 1 } });
    b.limits.reading.connected = true;
    b.site.meter.fault = 'missing';
    b.run(30);
    expect(derStatus(b.site, 90)).toMatchObject({ inverterStatus: { value: 7 }, genConnectStatus: { value: '13' } });
  });
});
