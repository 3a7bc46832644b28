/**
 * CSIP-AUS server procedures beyond single controls (protocol facts 9.2): randomisation, ramps, a long run, and what a
 * server must refuse.
 */
import { ConnectionPoint } from '../../src/model/ext/csip-aus';
import { DERSettings } from '../../src/model/der';
import { DERControlResponse } from '../../src/model/response';
import { write } from '../../src/codec/write';
import { dialects } from '../../src/model/dialect';
import {
  activeControlsOf,
  clearDevice,
  controlsOf,
  defaultOf,
  derOf,
  linked,
  ownDevice,
  programNamed,
  programsOf,
  registered,
  type Registered,
} from '../discover';
import { type ProgramRef } from '../operator';
import { procedure } from '../procedure';
import { scenario, responses123 } from '../scenario';
import { settings } from '../telemetry';

import { cactus, direct, exporting, watts } from './aus-common';

const longRun = procedure<Registered>({
  id: 'AUS-050',
  title: 'Long run',
  requirements: cactus(50),
  needs: [...direct, 'der-control'],
  fixture: 'One device; an envelope of steps of five minutes is published anew every ten minutes, for twenty-five.',
  lastsS: 1500,
  arrange: lab => registered(lab, 'AUS-050'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET the active controls every half minute while the envelope is published anew.',
      expect:
        'At each moment exactly one export limit is active: that of its step as last published. No gap, no two at once.',
      run: async (lab, { wire, identity }, check) => {
        const stepS = 300;
        const begin = (Math.floor((await lab.serverTime(wire)) / stepS) + 1) * stepS;
        const worth = (start: number, round: number) => 1000 + 10 * ((start - begin) / stepS) + round;
        let round = 0;
        const publish = async (from: number) => {
          round++;
          const starts = Array.from({ length: 6 }, (_, i) => from + stepS * i);
          const exportW = starts.map(start => worth(start, round));
          await lab.operator.publishEnvelope(identity.lfdi, { start: from, stepS, importW: exportW, exportW });
        };
        await publish(begin);
        await lab.untilServerTime(wire, begin + 2);
        const wrong: object[] = [];
        let looked = 0;
        for (let now = begin; now < begin + 4 * stepS;) {
          const before = await lab.serverTime(wire);
          const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath));
          const active = (await Promise.all(programs.map(each => activeControlsOf(wire, each)))).flatMap(
            all => all ?? [],
          );
          const after = await lab.serverTime(wire);
          const limitsW = active.flatMap(({ DERControlBase: { opModExpLimW: w } }) =>
            w ? [w.value * 10 ** w.multiplier] : [],
          );
          const step = begin + Math.floor((after - begin) / stepS) * stepS;
          // Between two steps, or while it is published, either may be seen.
          if (before >= step + 2) {
            looked++;
            const fits = limitsW.length === 1 && Math.abs((limitsW[0] ?? 0) - worth(step, round)) <= round;
            if (!fits) wrong.push({ at: after - begin, limitsW });
          }
          if (after >= begin + 2 * stepS * round)
            await publish(begin + Math.floor((after - begin) / stepS + 1) * stepS);
          await lab.untilServerTime(wire, after + 30);
          now = after;
        }
        check.that('it was looked at often enough', looked >= 10, looked);
        check.equal('moments with none, two or the wrong limit', wrong, []);
      },
    },
  ],
});

const refused = procedure<Registered>({
  id: 'AUS-055',
  title: 'What a server refuses of a device',
  requirements: cactus(54, 55, 56, 57),
  needs: [...direct, 'der-information', 'responses', 'der-control'],
  fixture: 'One device with a program and an export limit ahead.',
  arrange: async lab => {
    const device = await registered(lab, 'AUS-055');
    const devices = [device.identity.lfdi];
    const program = await lab.operator.createProgram({ description: 'AUS-055 P', primacy: 1, devices });
    await lab.operator.createEvent(program, exporting((await lab.serverTime(device.wire)) + 900));
    return device;
  },
  clear: clearDevice,
  steps: [
    {
      action: 'PUT DERSettings without updatedTime, and without setMaxW; GET them.',
      expect: '400 for each; what was there stays.',
      run: async (lab, { wire }, check) => {
        const der = await derOf(wire, await ownDevice(wire, lab.dcapPath));
        const at = linked(der.DERSettingsLink, 'DERSettingsLink');
        const good = write(DERSettings, settings(await lab.serverTime(wire)), { dialect: dialects['2018'] });
        check.equal('whole', (await wire.send('PUT', at, { body: good })).status, 204);
        for (const element of ['updatedTime', 'setMaxW']) {
          const body = good.replace(new RegExp(`<${element}>.*?</${element}>`, 's'), '');
          check.equal(`without ${element}`, (await wire.send('PUT', at, { body })).status, 400);
        }
        check.equal('setMaxW', (await wire.get(DERSettings, at)).setMaxW, watts(4800));
      },
    },
    {
      action: 'POST Responses whose LFDI is no hex, is too long, or is missing, and one without subject.',
      expect: '400 for each.',
      run: async (lab, { wire, identity }, check) => {
        const [control] = await controlsOf(wire, await programNamed(lab, wire, 'AUS-055 P'));
        const at = linked(control && { href: control.replyTo ?? '' }, 'DERControl/@replyTo');
        const body = {
          createdDateTime: await lab.serverTime(wire),
          endDeviceLFDI: identity.lfdi,
          status: 1,
          subject: control?.mRID ?? '',
        };
        const good = write(DERControlResponse, body, { dialect: dialects['2018'] });
        const bad = {
          'no hex': good.replace(identity.lfdi, 'not-an-lfdi'),
          'too long': good.replace(identity.lfdi, `${identity.lfdi}AB`),
          'no LFDI': good.replace(/<endDeviceLFDI>.*?<\/endDeviceLFDI>/, ''),
          'no subject': good.replace(/<subject>.*?<\/subject>/, ''),
        };
        for (const [what, xml] of Object.entries(bad))
          check.equal(what, (await wire.send('POST', at, { body: xml })).status, 400);
        check.equal('whole', (await wire.send('POST', at, { body: good })).status, 201);
      },
    },
    {
      action: 'PUT a ConnectionPoint without its identifier.',
      expect: 'A 4xx.',
      run: async (lab, { wire }, check) => {
        const at = linked((await ownDevice(wire, lab.dcapPath)).ConnectionPointLink, 'EndDevice/ConnectionPointLink');
        const good = write(ConnectionPoint, { connectionPointId: '1' }, { dialect: dialects['csipaus-1.2'] });
        const body = good.replace(/<(csipaus:)?connectionPointId>.*?<\/(csipaus:)?connectionPointId>/, '');
        const { status } = await wire.send('PUT', at, { body });
        check.that('refused', status >= 400 && status <= 499, status);
      },
    },
  ],
});

const ramp = procedure<Registered & { readonly program: ProgramRef }>({
  id: 'AUS-048',
  title: 'Ramp rate of the default',
  requirements: cactus(48),
  needs: [...direct, 'der-control'],
  fixture: 'One device with a program whose default has an export limit and setGradW 27.',
  arrange: async lab => {
    const device = await registered(lab, 'AUS-048');
    const devices = [device.identity.lfdi];
    const program = await lab.operator.createProgram({ description: 'AUS-048 P', primacy: 1, devices });
    await lab.operator.setDefault(program, { DERControlBase: { opModExpLimW: watts(1500) }, setGradW: 27 });
    return { ...device, program };
  },
  clear: clearDevice,
  steps: [
    {
      action: 'GET the DefaultDERControl; set setGradW to 50; GET it again.',
      expect: '27, then 50 at once; the export limit stays.',
      run: async (lab, { wire, program }, check) => {
        const seen = await programNamed(lab, wire, 'AUS-048 P');
        check.equal('setGradW', (await defaultOf(wire, seen)).setGradW, 27);
        await lab.operator.setDefault(program, { DERControlBase: { opModExpLimW: watts(1500) }, setGradW: 50 });
        const now = await defaultOf(wire, seen);
        check.equal('setGradW', now.setGradW, 50);
        check.equal('opModExpLimW', now.DERControlBase.opModExpLimW, watts(1500));
      },
    },
  ],
});

export const ausLonger = [
  scenario({
    id: 'AUS-045',
    title: 'Randomised export limits',
    requirements: cactus(45),
    needs: ['csip-aus'],
    about: 'One program with two export limits; the second is randomised by up to 30 s at its start and in its length.',
    programs: { P: { primacy: 1, default: { base: { opModExpLimW: watts(1500) } } } },
    events: [
      {
        base: { opModExpLimW: watts(5000) },
        name: 'E1',
        program: 'P',
        startS: 120,
        durationS: 60,
        responses: responses123,
      },
      {
        base: { opModExpLimW: watts(4000) },
        name: 'E2',
        program: 'P',
        startS: 300,
        durationS: 120,
        randomizeStart: 30,
        randomizeDuration: 30,
        responses: responses123,
      },
    ],
  }),
  ramp,
  longRun,
  refused,
];
