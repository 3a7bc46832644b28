/** Whatever a device writes that its schema allows: it is taken or refused as the peer's fault, and what was taken can be shown. */
import fc from 'fast-check';
import { allResources, model } from '../model';
import { dialects } from '../model/dialect';
import { isA, type Complex } from '../model/dsl';
import { Response } from '../model/response';
import { arbitraryOf } from '../model/testing/arbitrary';
import { dialect, everything, must, valueOf, xmlOf } from './testing/everything';
import { lfdiA } from './testing/port';

const writes = allResources.flatMap(resource =>
  (['PUT', 'POST'] as const)
    .filter(method => resource.methods[method] === 'M' || resource.name.startsWith('networkStatus.'))
    .filter(method => (method === 'POST') === (resource.type.item !== undefined) || resource.accepts !== undefined)
    .filter(() => !resource.name.startsWith('subscription.'))
    .map(method => [`${method} ${resource.path}`, resource, method] as const),
);

it('knows what devices write', () => {
  expect(writes.length).toBeGreaterThan(30);
});

it.each(writes)('%s', async (_name, resource, method) => {
  const types: readonly Complex[] =
    method === 'PUT' ? [resource.type] : (resource.accepts ?? [resource.type.item ?? resource.type]);
  const port = await everything();
  const path = port.at(resource);
  const answers = { endDeviceLFDI: lfdiA, subject: port.derc };
  const bodies = fc
    .constantFrom(...types)
    .chain(type =>
      arbitraryOf(type, { dialect: dialects[dialect] }).map(value =>
        xmlOf(type, { ...value, ...(isA(type, Response) ? answers : must[type.name]) }),
      ),
    );
  await fc.assert(
    fc.asyncProperty(bodies, async body => {
      const { status, headers, problem } = await port.ask(path, { method, body });
      expect([problem?.message, status < 500]).toEqual([problem?.message, true]);
      if (status >= 300) return;
      for (const shown of [path, `${path}?l=255`, headers['Location'] ?? path, '/edev/1']) {
        const answer = await port.ask(shown);
        expect([shown, answer.status, answer.problem?.message]).toEqual([shown, 200, undefined]);
      }
      if (headers['Location'] !== undefined && resource.name !== 'mirror.mirror')
        await port.ask(headers['Location'], { method: 'DELETE' });
    }),
    { numRuns: 15 },
  );
});

it('takes no mRID without a digit, which the schema would allow', async () => {
  const { ask } = await everything();
  const point = valueOf(model.mirror.mirror.type);
  const reading = { ReadingType: {}, MirrorReadingSet: [] };
  const set = { mRID: '', timePeriod: { start: 0, duration: 1 }, Reading: [] };
  for (const more of [
    { mRID: '' },
    { MirrorMeterReading: [{ mRID: '', ...reading }] },
    { MirrorMeterReading: [{ mRID: '01', ...reading, MirrorReadingSet: [set] }] },
  ]) {
    const body = xmlOf(model.mirror.mirror.type, { ...point, ...more });
    expect((await ask('/mup', { method: 'POST', body })).status).toBe(400);
  }
});
