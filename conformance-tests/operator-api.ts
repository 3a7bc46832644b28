/** The Operator port over Headroom's own operator API. Plain HTTP from outside, as anybody's tool would use it. */
import { Problem } from '../src/base/problem';
import { type Operator } from './operator';

export function headroomOperator(base: string, key: string): Operator {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new Problem('CANNOT_REACH', { at: base, note: 'the operator API does not answer', cause });
    });
    const text = await response.text();
    if (!response.ok)
      throw new Problem('CANNOT_REACH', {
        at: `${method} ${base}${path}`,
        note: `the lab could not arrange this: ${response.status} ${text}`,
      });
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const siteIds = new Map<string, string>();
  return {
    name: `Headroom operator API at ${base}`,
    async registerDevice({ name, lfdi, pin }) {
      const site = await call<{ edev: string }>('POST', '/api/sites', {
        name,
        lfdi,
        pin,
        maxImportW: 10_000,
        maxExportW: 10_000,
        firmImportW: 1000,
        firmExportW: 1000,
      });
      siteIds.set(lfdi, site.edev);
    },
    removeDevice: lfdi => call('DELETE', `/api/sites/${lfdi}`),
    createProgram: async ({ description, primacy, devices }) => {
      const sites = devices.map(lfdi => siteIds.get(lfdi) ?? lfdi);
      const { derp } = await call<{ derp: string }>('POST', '/api/programs', { description, primacy, sites });
      return { id: derp };
    },
    setDefault: ({ id }, defaults) => call('PUT', `/api/programs/${id}/default`, { base: defaults }),
    addCurve: ({ id }, curve) => call('POST', `/api/programs/${id}/curves`, curve),
    createEvent: ({ id }, event) => call('POST', `/api/programs/${id}/controls`, event),
    cancelEvent: ({ mRID }) => call('POST', `/api/controls/${mRID}/cancel`, {}),
    close: async () => undefined,
  };
}
