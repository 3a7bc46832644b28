import { inTurns } from './turns';

function loop(perTurn: number) {
  const due: (() => void)[] = [];
  const ran: string[] = [];
  let nowMs = 0;
  const take = inTurns(
    perTurn,
    () => nowMs,
    run => due.push(run),
  );
  return {
    ran,
    due,
    ask: (identity: string, name: string) => take(identity, () => ran.push(name)),
    turn: () => {
      nowMs++;
      due.splice(0).forEach(run => run());
    },
  };
}

it('runs a few of an identity at once and the rest in later turns, in order', () => {
  const { ran, ask, turn } = loop(2);
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) ask('a', name);
  ask('b', 'b1');
  expect(ran).toEqual(['a1', 'a2', 'b1']);
  turn();
  ask('b', 'b2');
  expect(ran).toEqual(['a1', 'a2', 'b1', 'a3', 'a4', 'b2']);
  ask('a', 'a6');
  turn();
  expect(ran.slice(6)).toEqual(['a5', 'a6']);
  turn();
  expect(ran).toHaveLength(8);
});

it('plans no turn when nothing waits, and begins to count anew with time', () => {
  const { due, ran, ask, turn } = loop(2);
  for (let i = 0; i < 5; i++) {
    ask('a', 'x');
    ask('a', 'x');
    expect(due).toEqual([]);
    turn();
  }
  expect(ran).toHaveLength(10);
});
