import { SharedGets } from './shared-gets';
import { type TransportRequest, type TransportResponse } from './transport';

function slow() {
  const sent: string[] = [];
  const open: (() => void)[] = [];
  const send = ({ method, path }: TransportRequest): Promise<TransportResponse> => {
    sent.push(`${method} ${path}`);
    return new Promise(resolve =>
      open.push(() => resolve({ status: 200, headers: {}, body: Buffer.from(`${sent.length}`) })),
    );
  };
  return { sent, open, shared: new SharedGets({ send }) };
}

it('asks once for what several ask for at the same moment, and anew afterwards', async () => {
  const { sent, open, shared } = slow();
  const get = () => shared.transport.send({ method: 'GET', path: '/a' });
  const both = [get(), get()];
  expect(sent).toEqual(['GET /a']);
  open.forEach(answer => answer());
  const [first, second] = await Promise.all(both);
  expect(first).toBe(second);
  void get();
  expect(sent).toEqual(['GET /a', 'GET /a']);
});

it('asks anew once something has changed, though an answer is on its way', () => {
  const { sent, shared } = slow();
  const get = () => void shared.transport.send({ method: 'GET', path: '/a' });
  get();
  shared.forget();
  get();
  get();
  expect(sent).toEqual(['GET /a', 'GET /a']);
});

it('sends every write', () => {
  const { sent, shared } = slow();
  for (let i = 0; i < 2; i++) void shared.transport.send({ method: 'POST', path: '/r', body: 'x' });
  expect(sent).toEqual(['POST /r', 'POST /r']);
});
