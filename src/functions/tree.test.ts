import { allResources, model } from '../model';
import { fieldsOf } from '../model/dsl';
import { childLinks, isActiveList, isListResource, itemOf, parentItem, wholeList } from './tree';

const linksOf = (resource: (typeof allResources)[number]) =>
  Object.fromEntries(childLinks(resource).map(({ field, child }) => [field, child.path]));

it('finds the links of a resource to what is below it', () => {
  expect(linksOf(model.pricing.profile)).toEqual({
    RateComponentListLink: '/tp/:tp/rc',
    CombinedTimeTariffIntervalListLink: '/tp/:tp/ctti',
  });
  expect(linksOf(model.pricing.component)).toEqual({
    ActiveTimeTariffIntervalListLink: '/tp/:tp/rc/:rc/acttti',
    ReadingTypeLink: '/tp/:tp/rc/:rc/rt',
    TimeTariffIntervalListLink: '/tp/:tp/rc/:rc/tti',
  });
  expect(linksOf(model.csipAus.connectionPoint)).toEqual({});
  expect(linksOf(model.edev.device)).toMatchObject({
    ConnectionPointLink: '/edev/:edev/cp',
    LogEventListLink: '/edev/:edev/lel',
    PowerStatusLink: '/edev/:edev/ps',
  });
});

it('reaches every resource that has a link of its name: none is forgotten', () => {
  const linked = new Set(allResources.flatMap(resource => childLinks(resource).map(link => link.child.path)));
  const unlinked = allResources
    .filter(r => isListResource(r) && r.path.split('/').length > 2 && !linked.has(r.path))
    .map(r => r.path);
  // The first is on purpose never linked to; the link to the second stands inside another element, and is its writer's.
  expect(unlinked).toEqual(['/edev/:edev/der/:der/derp', '/edev/:edev/ns/:ns/ll/:ll/nbh']);
});

it('knows what hangs below which entry', () => {
  expect(parentItem(model.networkStatus.rplRoutes)?.path).toBe('/edev/:edev/ns/:ns/addr/:addr/rpl/:rpl');
  expect(parentItem(model.pricing.steps)?.path).toBe('/tp/:tp/rc/:rc/tti/:tti');
  expect(parentItem(model.configuration.priceResponses)).toBeUndefined();
  expect(parentItem(model.edev.registration)).toBeUndefined();
  expect(parentItem(model.edev.devices)).toBeUndefined();
});

it('finds item and whole list', () => {
  for (const list of allResources.filter(r => isListResource(r) && r.path.split('/').length === 2))
    expect(itemOf(list).type).toBe(list.type.item);
  for (const active of allResources.filter(isActiveList)) expect(isActiveList(wholeList(active))).toBe(false);
  expect(wholeList(model.drlc.activeControls)).toBe(model.drlc.controls);
  expect(() => itemOf(model.der.activeControls)).toThrow('no item');
  expect(fieldsOf(itemOf(model.log.events).type).length).toBeGreaterThan(0);
});
