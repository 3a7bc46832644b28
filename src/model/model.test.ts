import { allResources, complexTypes, model, simpleTypes } from '.';
import { type DERControl, type DERControlList, type DERSettings } from './der';
import { attributesOf, fieldsOf, isA } from './dsl';
import { Resource, SubscribableList } from './common';
import { href, paramsOf } from './href';
import { type ResourceDoc } from './resource';

describe('declarations', () => {
  it('infer TypeScript types that refuse what the schema refuses', () => {
    const control: DERControl = {
      href: '/derp/1/derc/1',
      mRID: '00',
      creationTime: 1,
      EventStatus: { currentStatus: 0, dateTime: 0, potentiallySuperseded: false },
      interval: { duration: 1, start: 2 },
      DERControlBase: { opModImpLimW: { multiplier: 0, value: 2 } },
    };
    const list: DERControlList = { all: 1, results: 1, DERControl: [control], subscribable: 1 };
    const served: ResourceDoc<typeof model.der.controls> = list;
    // @ts-expect-error setMaxW and updatedTime are missing
    const settings: DERSettings = { setGradW: 1 };
    // @ts-expect-error a DERControlList has no pollRate
    const polled: DERControlList = { all: 0, results: 0, DERControl: [], pollRate: 900 };
    expect([served, settings, polled]).toHaveLength(3);
  });

  it('put the fields of a base first', () => {
    const names = fieldsOf(model.der.program.type).map(([name]) => name);
    expect(names.slice(0, 4)).toEqual(['mRID', 'description', 'version', 'ActiveDERControlListLink']);
    expect(attributesOf(model.der.controls.type).map(([name]) => name)).toEqual([
      'href',
      'subscribable',
      'all',
      'results',
    ]);
    expect(isA(model.der.controls.type, SubscribableList)).toBe(true);
    expect(isA(Resource, SubscribableList)).toBe(false);
  });

  it('put the fields of extensions after those of the standard', () => {
    for (const complex of complexTypes.values()) {
      if (complex.layer) continue;
      const layers = Object.values(complex.fields).map(field =>
        field.layer === undefined || field.layer === '2023' ? 0 : 1,
      );
      expect([complex.name, layers]).toEqual([complex.name, [...layers].sort()]);
    }
  });

  it('register every type a declaration uses under its own name', () => {
    for (const complex of complexTypes.values())
      for (const [name, { type }] of [...fieldsOf(complex), ...attributesOf(complex)]) {
        const known = type.kind === 'complex' ? complexTypes.get(type.name) : simpleTypes.get(type.name);
        if (type.kind === 'complex' || type.form !== 'builtin')
          expect([complex.name, name, known]).toEqual([complex.name, name, type]);
      }
  });
});

describe('resources', () => {
  it('have a path and a name of their own', () => {
    expect(new Set(allResources.map(r => r.path)).size).toBe(allResources.length);
    expect(new Set(allResources.map(r => r.name)).size).toBe(allResources.length);
    expect(model.der.controls.name).toBe('der.controls');
  });

  test.each(allResources.map(r => [r.path, r] as const))('%s fits its type', (_path, resource) => {
    const attributes = attributesOf(resource.type)
      .filter(([, field]) => field.layer === undefined)
      .map(([name]) => name);
    // What cannot be subscribed to or polled by its schema must not say so (protocol facts 2.3, 6).
    if (resource.subscribe) expect(attributes).toContain('subscribable');
    expect(resource.poll !== undefined).toBe(attributes.includes('pollRate'));
    expect(Object.keys(resource.methods)).toContain('GET');
    if (resource.type.item) expect(resource.order?.length).toBeGreaterThan(0);
  });

  test.each(allResources.map(r => [r.path, r] as const))('%s makes hrefs it knows again', (path, resource) => {
    const params = Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name], i) => [name ?? '', `${i}a_-`]));
    expect(paramsOf(resource, href(resource, params))).toEqual(params);
  });

  it('refuse to make a URL of anything that would need escaping', () => {
    expect(() => href(model.edev.device, {})).toThrow(RangeError);
    for (const edev of ['', '../1', 'a/b', 'ä', '1 2', '%31'])
      expect(() => href(model.edev.device, { edev })).toThrow(RangeError);
    expect(paramsOf(model.edev.device, '/edev/')).toBeUndefined();
    expect(paramsOf(model.edev.device, '/tm/1')).toBeUndefined();
  });
});
