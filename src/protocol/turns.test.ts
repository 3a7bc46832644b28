import { inTurns } from './turns';

function loop(perTurn: number) {
  const due: (() => void)[] = [];
  const ran: string[] = [];
  const take = inTurns(perTurn, run => due.push(run));
  return {
    ran,
    due,
    ask: (identity: string, name: string) => take(identity, () => ran.push(name)),
    turn: () => due.splice(0).forEach(run => run()),
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
});

it('plans no turn when nothing waits and nothing was taken', () => {
  const { due, ask, turn } = loop(2);
  ask('a', 'a1');
  turn();
  turn();
  expect(due).toEqual([]);
});
