import fc from 'fast-check';
import { Problem } from '../base/problem';
import { answer } from './testing/fake-server';
import { control, importLimit } from './testing/fake-site';
import { harness, start } from './testing/harness';

const hours = 2;
const end = hours * 3600;
const standing = 1000;

type Trouble = 'down' | 'slow down' | 'broken' | 'rubbish' | 'lost answer' | 'small pages';

const troubles = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: end - 1800 }),
    lasts: fc.integer({ min: 1, max: 900 }),
    kind: fc.constantFrom<Trouble>('down', 'slow down', 'broken', 'rubbish', 'lost answer', 'small pages'),
    share: fc.constantFrom(1, 0.5, 0.2),
  }),
  { maxLength: 6 },
);

const controls = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: end }),
    lasts: fc.integer({ min: 1, max: 1500 }),
    w: fc.integer({ min: 1, max: 900 }),
    issued: fc.nat(end),
    cancel: fc.option(fc.nat(end), { freq: 3 }),
  }),
  { maxLength: 8 },
);

/** Whatever goes wrong between them, in whatever way, for three quarters of the time. */
it('a client among faults: always a limit it was told, each Response once and in order, and all well when the faults are over', async () => {
  await fc.assert(
    fc.asyncProperty(
      controls,
      troubles,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      async (planned, faults, chance) => {
        const events = planned.map(({ from, lasts, w, issued, cancel }) => ({
          from,
          to: from + lasts,
          w,
          issued,
          cancel,
          made: control(start + from, lasts, importLimit(w), { creationTime: start + issued }),
        }));
        const lost: string[] = [];
        const h = harness({}, ({ server, programs }) => {
          server.fault = request => {
            const now = h.clock.now() - start;
            const fault = faults.find(
              f => now >= f.from && now < f.from + f.lasts && (chance.next().value ?? 0) < f.share,
            );
            server.pageCap = fault?.kind === 'small pages' ? 1 : 255;
            const program = programs['0A'];
            if (program)
              program.controls = events
                .filter(e => e.issued <= now && e.to > now - 600)
                .map(e =>
                  e.cancel !== null && e.cancel <= now
                    ? {
                        ...e.made,
                        EventStatus: { ...e.made.EventStatus, currentStatus: 2, dateTime: start + e.cancel },
                      }
                    : e.made,
                );
            switch (fault?.kind) {
              case 'down':
                throw new Problem('CANNOT_REACH', { note: 'refused' });
              case 'slow down':
                return answer(429, { 'retry-after': '45' });
              case 'broken':
                return answer(500);
              case 'rubbish':
                return request.method === 'GET' ? answer(200, {}, '<DERControlList') : undefined;
              case 'lost answer':
                if (request.method !== 'POST') return undefined;
                lost.push(saidBy(request.body)); // it arrives, and nobody hears so
                throw new Problem('CANNOT_REACH', { note: 'reset' });
              default:
                return undefined;
            }
          };
        });
        h.client.start();
        let known = false;
        await h.pass(end, (limits, now) => {
          known ||= limits.lastContact !== undefined;
          if (!known) return;
          const t = now - start;
          const possible = [standing, ...events.filter(e => t >= e.from && t < e.to && t >= e.issued).map(e => e.w)];
          if (!possible.includes(limits.importW ?? NaN))
            throw new Error(`${t}: ${limits.importW} W is not among ${possible.join()}`);
        });
        expect(h.failures).toEqual([]);
        expect(h.client.status).toMatchObject({ phase: 'following', responsesWaiting: 0 });
        expect(h.client.limits(h.clock.now()).lastContact).toBeGreaterThan(h.clock.now() - 700);
        const said = h.site.said();
        expect(new Set(said).size).toBe(said.length);
        for (const { made } of events) {
          const order = said
            .filter(line => line.endsWith(made.mRID))
            .map(line => line.split(' ')[0])
            .join(' ');
          expect(order).toMatch(/^(|254|1|1 2|1 2 [367]|1 [67])$/);
        }
        // what the server had taken although its answer was lost is said again, and nothing else
        expect(lost.every(line => line === '' || said.includes(line))).toBe(true);
        expect(h.site.server.requests.length).toBeLessThan(600);
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

/** What a Response says, as `FakeSite.said` shows it; empty for any other body. */
function saidBy(body: string | Buffer | undefined): string {
  const [, status] = /<status>(\d+)</.exec(String(body)) ?? [];
  const [, subject] = /<subject>(\w+)</.exec(String(body)) ?? [];
  return status === undefined || subject === undefined ? '' : `${status} ${subject}`;
}
