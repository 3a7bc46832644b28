import { STATUS_CODES } from 'node:http';
import { Problem, asProblem, problems } from './problem';

it('says what, where and what to do in one line', () => {
  const problem = new Problem('BAD_VALUE', { at: '/DERStatus/readingTime', want: 'a time not in the future', got: 99 });
  expect(problem.advice).toBe(
    'BAD_VALUE: /DERStatus/readingTime, want a time not in the future, got 99. The document does not fit the schema or a rule of its function set. Correct the element named in `at`.',
  );
});

it('keeps every entry usable: sentences end, statuses are HTTP, reason codes are of the standard', () => {
  for (const [code, entry] of Object.entries(problems)) {
    expect([code, entry.meaning]).toEqual([code, expect.stringMatching(/\.$/)]);
    expect([code, entry.remedy]).toEqual([code, expect.stringMatching(/\.$/)]);
    if (entry.status !== 0) expect([code, STATUS_CODES[entry.status]]).toEqual([code, expect.any(String)]);
    expect(entry.status === 0 || entry.status >= 400).toBe(true);
    if ('reasonCode' in entry) expect([0, 1, 2, 3, 4]).toContain(entry.reasonCode);
  }
});

it('turns anything thrown into a Problem and keeps the cause', () => {
  const cause = new TypeError('x is not a function');
  expect(asProblem(cause)).toMatchObject({ code: 'BUG', cause });
  expect(asProblem('text').message).toContain('text');
  const problem = new Problem('NOT_FOUND');
  expect(asProblem(problem)).toBe(problem);
});

it('cuts long values short', () => {
  expect(new Problem('BAD_XML', { got: 'x'.repeat(1000) }).message.length).toBeLessThan(300);
});
