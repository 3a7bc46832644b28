/** What must be so of a provisioned document beyond its type: enumerations, links that lead somewhere, events that are to come. */
import { Problem } from '../../../base/problem';
import { allResources } from '../../../model';
import { elementOf } from '../../../model/dsl';
import { paramsOf } from '../../../model/href';
import { type Store } from '../../../store/api';
import { type StoredEvent } from '../../event-kinds';
import { type DocumentNode } from './nodes';

type Value = Readonly<Record<string, unknown>>;

const fail = (at: string, want: unknown, got: unknown): never => {
  throw new Problem('BAD_VALUE', { at, want, got });
};

/** Largest value of what the standard enumerates or measures in per cent; the schema's type allows more. */
const largest: Readonly<Record<string, number>> = {
  'TextMessage.priority': 3,
  'DutyCycle.normalValue': 100,
  'Prepayment.prepayMode': 3,
  'CreditRegister.creditType': 2,
  'AccountBalance.creditStatus': 3,
  'AccountBalance.emergencyCreditStatus': 3,
  'PrepayOperationStatus.creditTypeInUse': 2,
  'PrepayOperationStatus.serviceStatus': 3,
};

/** @throws Problem BAD_VALUE naming the element */
export function checkValue({ resource, event }: DocumentNode, value: Value, now: number): void {
  const type = resource.type.name;
  const numbers = (name: string, fields: Value) => {
    for (const [field, got] of Object.entries(fields)) {
      const most = largest[`${name}.${field}`];
      if (most !== undefined && typeof got === 'number' && got > most) fail(`${name}.${field}`, `at most ${most}`, got);
      if (typeof got === 'object' && got !== null && !Array.isArray(got)) numbers(field, got as Value);
    }
  };
  numbers(type, value);
  const { fileURI, interval } = value as { fileURI?: string; interval?: StoredEvent['interval'] };
  if (fileURI !== undefined && !/^(https?:\/\/[^/\s]+|)\/\S*$/.test(fileURI))
    fail(`${type}.fileURI`, 'an http(s) URI, or a path of this server', fileURI);
  if (interval && interval.duration < 1)
    fail(`${type}.interval.duration`, 'whole seconds, 1 or more', interval.duration);
  if (event && interval && interval.start + interval.duration <= now)
    fail(`${type}.interval`, `one that ends after now, ${now}`, interval.start + interval.duration);
}

/** A link to nothing stalls old clients: what an operator links to must be there, and be what the link says. */
export async function checkLinks(store: Store, { resource }: DocumentNode, value: Value): Promise<void> {
  for (const [field, link] of Object.entries(value)) {
    const target = (link as { href?: unknown } | null)?.href;
    if (!field.endsWith('Link') || typeof target !== 'string') continue;
    const name = field.slice(0, -'Link'.length);
    const found = allResources.find(each => !each.type.item && paramsOf(each, target));
    if (!found || elementOf(found.type) !== name || !(await store.get(target)))
      fail(`${resource.type.name}.${field}`, `the path of a ${name} of this server`, target);
  }
}
