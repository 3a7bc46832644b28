import { SystemClock } from '../../src/base/clock';
import { createPki, derToPem, issueDevice } from '../../src/tls';
import { attempt, clientOf, longAgo } from '../../src/tls/testing/loopback';
import { Front, type Answered } from './front';
import { LabClock } from './lab-clock';

const pki = createPki({ notBefore: longAgo });
const clock = new SystemClock();

it('does not take the last words of a client that was stopped for the first of the next', async () => {
  let answer: (answered: Answered) => void = () => undefined;
  let asked: () => void = () => undefined;
  const underWay = new Promise<void>(resolve => (asked = resolve));
  const front = new Front({
    credentials: issueDevice(pki, { name: 'server', role: 'server', notBefore: longAgo }),
    rootsPem: derToPem(pki.serca.der),
    clock: new LabClock(clock),
    dcapPath: '/dcap',
    ask: ({ url }) =>
      url === '/tm'
        ? Promise.resolve({ status: 200, headers: {}, body: 'now' })
        : new Promise(resolve => {
            answer = resolve;
            asked();
          }),
  });
  const port = await front.listen(0, '127.0.0.1');
  const at = { pki, port, clock };
  const client = clientOf(at, issueDevice(pki, { name: 'client', role: 'device' }));
  const told: string[] = [];
  front.onHeard(({ path }) => told.push(path));

  const last = attempt(at, client); // GET / of the client that is stopped meanwhile
  await underWay;
  expect(front.heard).toHaveLength(1);
  front.listenAnew();
  answer({ status: 200, headers: {}, body: 'late' });
  expect((await last).error).toBeDefined(); // its connection has ended
  expect([told, front.heard]).toEqual([[], []]);
  front.close();
});
