import { acceptsSepXml, isSepXml } from './headers';

it.each([
  [undefined, true],
  ['application/sep+xml', true],
  ['Application/SEP+XML;level=+S1', true],
  ['application/sep-exi;level=-S1, application/sep+xml', true],
  ['*/*', true],
  ['application/*;q=0.5', true],
  ['application/sep-exi', false],
  ['text/html', false],
  ['application/sep+xml;q=0', false],
  ['*/*, application/sep+xml;q=0', false],
])('Accept: %s → %s', (accept, want) => {
  expect(acceptsSepXml(accept)).toBe(want);
});

it.each([
  [undefined, true],
  ['application/sep+xml; charset=utf-8', true],
  ['application/xml', false],
  ['text/plain', false],
])('Content-Type: %s → %s', (type, want) => {
  expect(isSepXml(type)).toBe(want);
});
