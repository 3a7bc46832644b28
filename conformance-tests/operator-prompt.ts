/** The Operator port as a person at a terminal: for any vendor's server. Each request is printed, and answered by Enter or an mRID. */
import { createInterface } from 'node:readline/promises';
import { type Readable, type Writable } from 'node:stream';
import { type Operator } from './operator';

export function promptOperator(input: Readable, output: Writable): Operator {
  const lines = createInterface({ input, output });
  let programs = 0;
  const ask = async (text: string): Promise<string> => (await lines.question(`\n${text}\n> `)).trim();
  const please = async (text: string): Promise<void> => void (await ask(`${text}\nPress Enter when it is done.`));
  const shown = (value: unknown) => JSON.stringify(value);
  return {
    name: 'a person at this terminal',
    registerDevice: ({ name, lfdi, sfdi, pin }) =>
      please(`Register a device "${name}": LFDI ${lfdi}, SFDI ${sfdi}, PIN ${pin}.`),
    removeDevice: lfdi => please(`Remove the device with LFDI ${lfdi}.`),
    createProgram: async ({ description, primacy, devices }) => {
      const id = `program ${++programs}`;
      await please(
        `Make a DERProgram "${description}" (${id}) with primacy ${primacy} and assign it to ${devices.join(', ')}.`,
      );
      return { id };
    },
    setDefault: ({ id }, base) => please(`Give ${id} the DefaultDERControl ${shown(base)}.`),
    addCurve: ({ id }, curve) => please(`Add to ${id} the DERCurve ${shown(curve)}.`),
    createEvent: async ({ id }, event) => {
      const mRID = await ask(`Create in ${id} the DERControl ${shown(event)} and type its mRID:`);
      return { mRID: mRID.toUpperCase() };
    },
    cancelEvent: ({ mRID }) => please(`Cancel the DERControl ${mRID}.`),
    close: async () => lines.close(),
  };
}
