import { type Resource } from '../model/resource';
import { router } from './router';

const r = (path: string): Resource => ({
  name: path,
  path,
  methods: { GET: 'M' },
  owner: 'public',
  type: { kind: 'complex', name: 'X', attributes: {}, fields: {} },
});

it('finds fixed and parameter segments, the fixed one first, and nothing else', () => {
  const find = router([r('/dcap'), r('/edev'), r('/edev/:edev'), r('/edev/:edev/der/:der/ders'), r('/edev/self')]);
  expect(find('/dcap')).toMatchObject({ resource: { name: '/dcap' }, params: {} });
  expect(find('/edev/7')).toMatchObject({ resource: { name: '/edev/:edev' }, params: { edev: '7' } });
  expect(find('/edev/self')).toMatchObject({ resource: { name: '/edev/self' } });
  expect(find('/edev/7/der/1/ders')).toMatchObject({ params: { edev: '7', der: '1' } });
  for (const path of [
    '',
    '/',
    'dcap',
    '/edev/',
    '/edev/7/',
    '/edev/7/der',
    '/edev/../dcap',
    '/edev/%37',
    '/~site/7',
    '/__proto__',
    '/edev/7 8',
  ])
    expect([path, find(path)]).toEqual([path, undefined]);
});

it('refuses the same path twice', () => {
  expect(() => router([r('/a/:x'), r('/a/:x')])).toThrow('twice');
});
