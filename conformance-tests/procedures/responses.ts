/** Responses that a server must refuse (CACTUS S-ALL-56, protocol facts 3.11), and access to what is not one's own. */
import { DERControlResponse } from '../../src/model/response';
import { clearDevice, controlsOf, linked, programNamed, registered, ownDevice, type Registered } from '../discover';
import { type ControlRef } from '../operator';
import { procedure } from '../procedure';

interface Fixture extends Registered {
  readonly other: Registered;
  readonly event: ControlRef;
}

export const access001 = procedure<Fixture>({
  id: 'ACCESS-001',
  title: 'Responses and resources of others',
  requirements: ['CSIP P17-P20', 'IEEE 2030.5-2018 6.8, 10.2.4', 'CACTUS S-ALL-52, S-ALL-56'],
  needs: ['csip', 'out-of-band-registration', 'der-control', 'responses'],
  fixture: 'Two devices; the first has a program with an event, the second has none.',
  arrange: async lab => {
    const device = await registered(lab, 'ACCESS-001');
    const other = await registered(lab, 'ACCESS-001 other');
    const program = await lab.operator.createProgram({
      description: 'ACCESS-001 P',
      primacy: 1,
      devices: [device.identity.lfdi],
    });
    const start = (await lab.serverTime(device.wire)) + 600;
    const event = await lab.operator.createEvent(program, {
      start,
      durationS: 60,
      base: { opModMaxLimW: 5000 },
      responseRequired: '07',
    });
    return { ...device, other, event };
  },
  clear: async (lab, fixture) => {
    await clearDevice(lab, fixture?.other);
    await clearDevice(lab, fixture);
  },
  steps: [
    {
      action:
        'POST Responses: of the own device, of an LFDI of nobody, of the other device, to an unknown event, and by the other device.',
      expect: '201 for the first; 4xx for all others.',
      run: async (lab, { wire, identity, other, event }, check) => {
        const program = await programNamed(lab, wire, 'ACCESS-001 P');
        const [control] = await controlsOf(wire, program);
        const at = linked(control && { href: control.replyTo ?? '' }, 'DERControl/@replyTo');
        const createdDateTime = await lab.serverTime(wire);
        const body = { createdDateTime, endDeviceLFDI: identity.lfdi, status: 1, subject: event.mRID };
        check.equal('of the own device', (await wire.post(DERControlResponse, at, body)).status, 201);
        const refused = async (what: string, by: typeof wire, more: Partial<typeof body>) => {
          const { status } = await by.post(DERControlResponse, at, { ...body, ...more });
          check.that(`${what} is refused`, status >= 400 && status <= 499, status);
        };
        await refused('of nobody', wire, { endDeviceLFDI: 'AB'.repeat(20) });
        await refused('of the other device', wire, { endDeviceLFDI: other.identity.lfdi });
        await refused('to an unknown event', wire, { subject: '0'.repeat(31) + '1' });
        await refused('by the other device', other.wire, { endDeviceLFDI: other.identity.lfdi });
      },
    },
    {
      action: 'GET as the other device the program, its controls and all the first device has; PUT its settings.',
      expect: '404 or 403 for each.',
      run: async (lab, { wire, other }, check) => {
        const program = await programNamed(lab, wire, 'ACCESS-001 P');
        const device = await ownDevice(wire, lab.dcapPath);
        const paths = [
          program.href,
          program.DERControlListLink?.href,
          device.href,
          device.RegistrationLink?.href,
          device.FunctionSetAssignmentsListLink?.href,
          device.DERListLink?.href,
          device.LogEventListLink?.href,
        ];
        for (const path of paths) {
          if (path === undefined) continue;
          const { status } = await other.wire.send('GET', path);
          check.that(`GET ${path}`, status === 404 || status === 403, status);
        }
      },
    },
  ],
});
