import fc from 'fast-check';
import { afterWord, alarmKinds, stands, wordsOfLog, wordsOfStatus, type Alarm, type Word } from './alarms';

const alarm: Alarm = { edev: '1', kind: 'overVoltage' };
const word = (raised: boolean, at: number): Word => ({ kind: 'overVoltage', raised, at, by: 'LogEvent' });
const after = (...words: Word[]) => words.reduce(afterWord, alarm);

it('stands from its raising to its clearing', () => {
  expect(stands(alarm)).toBe(false);
  expect(after(word(true, 5))).toMatchObject({ raisedAt: 5, raisedBy: 'LogEvent' });
  expect(stands(after(word(true, 5)))).toBe(true);
  expect(stands(after(word(true, 5), word(false, 5)))).toBe(false);
  expect(after(word(true, 5), word(true, 9)).raisedAt).toBe(5);
  expect(after(word(true, 5), word(false, 7), word(true, 8))).toMatchObject({ raisedAt: 8, clearedAt: 7 });
});

it('takes no notice of a word older than what it knows', () => {
  expect(stands(after(word(true, 5), word(false, 4)))).toBe(true);
  expect(stands(after(word(false, 6), word(true, 5)))).toBe(false);
  expect(stands(after(word(true, 5), word(false, 9), word(true, 8)))).toBe(false);
});

it('ends with the word of the latest time, in whatever order they come, when raising and clearing take turns', () => {
  const twoWords = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.boolean());
  fc.assert(
    fc.property(twoWords, fc.boolean(), ([at, later, raised], swapped) => {
      const words = [word(raised, at), word(!raised, at + later)];
      expect(stands(after(...(swapped ? words.toReversed() : words)))).toBe(!raised);
    }),
  );
});

it('reads alarmStatus bit by bit, and only what is new in it', () => {
  const of = (before: string | undefined, now: string | undefined) =>
    wordsOfStatus(
      { readingTime: 1, ...(before !== undefined && { alarmStatus: before }) },
      { readingTime: 2, ...(now !== undefined && { alarmStatus: now }) },
    ).map(({ kind, raised, at }) => `${raised ? '+' : '-'}${kind}@${at}`);
  expect(of('00000000', '00000402')).toEqual(['+overVoltage@2', '+phaseRotation@2']);
  expect(of('00000403', '00000002')).toEqual(['-overCurrent@2', '-phaseRotation@2']);
  expect(of('02', '00000002')).toEqual([]);
  expect(of('02', undefined)).toEqual([]);
  expect(of(undefined, '01')).toHaveLength(alarmKinds.length);
  expect(of('00', '80000000')).toEqual([]);
});

it('reads LogEvents of the DER function set, even codes raising and odd ones clearing', () => {
  const event = { createdDateTime: 7, functionSet: 11, logEventID: 1, logEventPEN: 40_732, profileID: 2 };
  const of = (logEventCode: number, functionSet = 11) =>
    wordsOfLog({ ...event, logEventCode, functionSet }).map(({ kind, raised }) => `${raised ? '+' : '-'}${kind}`);
  expect([of(0), of(1), of(20), of(21)]).toEqual([
    ['+overCurrent'],
    ['-overCurrent'],
    ['+phaseRotation'],
    ['-phaseRotation'],
  ]);
  expect([of(22), of(255), of(0, 12)]).toEqual([[], [], []]);
});
