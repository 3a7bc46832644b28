import { ManualClock } from '../../base/clock';
import { tasks } from '../../base/tasks';
import { nextTurn } from '../../base/turn';
import { pauseS, Receivers, type Next } from './receivers';
import { type Notice } from './records';

const t0 = 1_790_000_000;
const note = (id: string, subscription = id, uri = 'https://a.example/n'): Notice => ({
  id,
  subscription,
  due: t0,
  attempts: 0,
  body: { kind: 'changed', watch: 'w', round: 1, lfdi: 'A', uri, since: t0 },
});
const turn = () => new Promise<void>(nextTurn);

let ends: Map<string, (next: Next) => void>;
let begun: string[];
let receivers: Receivers;
beforeEach(() => {
  ends = new Map();
  begun = [];
  receivers = new Receivers({
    clock: new ManualClock(t0),
    tasks: tasks(() => undefined),
    perReceiver: 2,
    inAll: 3,
    attempt: ({ note: { id } }) => {
      begun.push(id);
      return new Promise(done => ends.set(id, done));
    },
  });
});
const done = async (id: string, next: Next = 'done') => {
  ends.get(id)?.(next);
  await turn();
};

it('never has two notes of one subscription under way, so the older cannot arrive last', async () => {
  receivers.add(note('s#1', 's'));
  receivers.add(note('s#2', 's'));
  receivers.add(note('r#1', 'r'));
  expect(begun).toEqual(['s#1', 'r#1']);
  await done('s#1');
  expect(begun).toEqual(['s#1', 'r#1', 's#2']);
});

it('has so many under way to one receiver and to all, and goes on as places come free', async () => {
  for (const n of [1, 2, 3]) receivers.add(note(`a${n}`));
  for (const n of [1, 2]) receivers.add(note(`b${n}`, `b${n}`, 'https://b.example/n'));
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await done('a1');
  expect(begun).toHaveLength(4);
  for (const id of ['a2', 'b1', 'a3', 'b2']) await done(id);
  expect([begun.toSorted(), receivers.waiting]).toEqual([['a1', 'a2', 'a3', 'b1', 'b2'], 0]);
});

it('sends nothing that was taken back while it waited', async () => {
  receivers.add(note('s#1', 's'));
  receivers.add(note('s#2', 's'));
  receivers.remove('s#2');
  await done('s#1');
  expect([begun, receivers.waiting, receivers.oldest]).toEqual([['s#1'], 0, undefined]);
});

it('waits twice as long each time, up to an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map(pauseS)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});
