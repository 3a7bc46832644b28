import { nearest, orElse } from './nearest';

it.each([
  ['prot', 'port'],
  ['PORT', 'port'],
  ['operatorprt', 'operatorPort'],
  ['engneOptions', 'engineOptions'],
  ['xyz', undefined],
  ['', undefined],
])('%j is most likely %j', (meant, word) => {
  expect(nearest(meant, ['host', 'port', 'operatorPort', 'engineOptions'])).toBe(word);
});

it('suggests, or says what there is', () => {
  expect(orElse('no such bus', 'hed', ['head', 'lot'])).toBe('no such bus; did you mean head?');
  expect(orElse('no such bus', 'barn', ['head', 'lot'])).toBe('no such bus; there are head, lot');
});
