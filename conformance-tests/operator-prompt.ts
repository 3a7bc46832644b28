/** The Operator port as a person at a terminal: for any vendor's server. Each request is printed, and answered by Enter or an mRID. */
import { createInterface } from 'node:readline/promises';
import { type Readable, type Writable } from 'node:stream';
import { Blocked, type Operator } from './operator';

export function promptOperator(input: Readable, output: Writable): Operator {
  const lines = createInterface({ input, output });
  let made = 0;
  const ask = async (text: string): Promise<string> => (await lines.question(`\n${text}\n> `)).trim();
  /** @throws Blocked when the person types `cannot` */
  const answer = async (text: string, what = 'do this'): Promise<string> => {
    const typed = await ask(text);
    if (/^cannot$/i.test(typed)) throw new Blocked(what);
    return typed;
  };
  const please = async (text: string): Promise<void> =>
    void (await answer(`${text}\nPress Enter when it is done, or type cannot.`, text));
  const shown = (value: unknown) => JSON.stringify(value);
  return {
    name: 'a person at this terminal',
    registerDevice: ({ name, lfdi, sfdi, pin, role = 'device', manager }) =>
      please(
        `Register a ${role} "${name}": LFDI ${lfdi}, SFDI ${sfdi}, PIN ${pin}${manager === undefined ? '' : `, spoken for by the aggregator ${manager}`}.`,
      ),
    removeDevice: lfdi => please(`Remove the device with LFDI ${lfdi}.`),
    createGroup: async ({ name, level, parent }) => {
      const id = `group ${++made} (${name})`;
      await please(`Make a ${level} group "${name}"${parent ? ` below ${parent.id}` : ''}; below called ${id}.`);
      return { id };
    },
    removeGroup: ({ id }) => please(`Remove ${id}.`),
    placeDevice: (lfdi, { id }) => please(`Put the device ${lfdi} under ${id} and under no other.`),
    moveGroup: ({ id }, parent) => please(`Put ${id} with all below it under ${parent.id}.`),
    createProgram: async ({ description, primacy, devices, assignment, group }) => {
      const id = `program ${++made}`;
      const where = group ? `hang it on ${group.id}` : `assign it to ${devices.join(', ')}`;
      const own = assignment === undefined ? '' : `, in a FunctionSetAssignments of its own called "${assignment}"`;
      await please(`Make a DERProgram "${description}" (${id}) with primacy ${primacy} and ${where}${own}.`);
      return { id };
    },
    removeProgram: ({ id }) => please(`Remove ${id}.`),
    setPrimacy: ({ id }, primacy) => please(`Give ${id} the primacy ${primacy}.`),
    setDefault: ({ id }, fallback) => please(`Give ${id} the DefaultDERControl ${shown(fallback)}.`),
    addCurve: async ({ id }, curve) => ({
      href: await answer(`Add to ${id} the DERCurve ${shown(curve)} and type its href, or cannot:`, 'add a curve'),
    }),
    createEvent: async ({ id }, event) => {
      const mRID = await answer(`Create in ${id} the DERControl ${shown(event)} and type its mRID, or cannot:`);
      return { mRID: mRID.toUpperCase() };
    },
    cancelEvent: ({ mRID }, randomized) =>
      please(`Cancel the DERControl ${mRID}${randomized ? ' with randomisation (status 3)' : ''}.`),
    publishEnvelope: (lfdi, envelope) => please(`Publish for the device ${lfdi} the envelope ${shown(envelope)}.`),
    setPollRate: (resource, seconds) => please(`Set the pollRate of every ${resource} to ${seconds}.`),
    allowInBandRegistration: allowed => please(`Turn in-band registration ${allowed ? 'on' : 'off'}.`),
    shiftClock: offsetS => please(`Shift the server's clock by ${offsetS} s.`),
    endSubscriptions: (lfdi, status) => please(`End the subscriptions of ${lfdi} with status ${status}.`),
    redirectOnce: (lfdi, path, location) => please(`Redirect the next GET ${path} of ${lfdi} to ${location}.`),
    restart: () => please('Restart the server.'),
    close: async () => lines.close(),
  };
}
