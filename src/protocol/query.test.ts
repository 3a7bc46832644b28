import fc from 'fast-check';
import { listQuery } from './query';

// The queries of CORE-004 (protocol facts 2.3).
it.each([
  ['', { start: 0, limit: 1 }],
  ['s=0', { start: 0, limit: 1 }],
  ['l=0', { start: 0, limit: 0 }],
  ['l=1000', { start: 0, limit: 255 }],
  ['a=1700000000', { start: 0, limit: 1, after: 1700000000 }],
  ['s=3&a=5', { start: 3, limit: 1, after: 5 }],
  ['s=1&l=1&s=2', { start: 1, limit: 1 }],
  ['l=0&l=2', { start: 0, limit: 0 }],
  ['a=7&a=9', { start: 0, limit: 1, after: 7 }],
  ['l=1&b=2', { start: 0, limit: 1 }],
  ['b', { start: 0, limit: 1 }],
])('reads ?%s', (query, want) => {
  expect(listQuery(query, 255)).toEqual(want);
});

it.each(['s=-1', 'l=x', 'l=', 's=4294967296', 'a=1e3', 's=1.5', 'l=%31'])('refuses ?%s', query => {
  expect(() => listQuery(query, 255)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }) as Error);
});

it('never answers anything but a page inside its bounds, or a Problem', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      try {
        const { start, limit } = listQuery(text, 255);
        expect(Number.isInteger(start) && start >= 0 && limit >= 0 && limit <= 255).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_REQUEST' });
      }
    }),
  );
});
