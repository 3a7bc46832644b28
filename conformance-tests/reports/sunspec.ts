/**
 * The results form of the SunSpec CSIP Results Reporting specification 1.1: a CSV of keys and values with a verdict for each test,
 * and JSON logs of every message, unencrypted. What a lab alone knows is left empty, for it to fill in.
 */
import { type ProcedureResult } from '../run';
import { type Exchange } from '../wire';

/** Keys in the order of the form. */
const form = [
  'Certificate Type',
  'Certificate Number',
  'Company',
  'Address',
  'Date Issued',
  'Test Laboratory',
  'Supervising Engineer',
  'Signer',
  'Software Name 1',
  'Software Version 1',
  'Software Checksum 1',
  'Operating System 1',
  'Environment',
  'Hardware Manufacturer 1',
  'Hardware Model 1',
  'PICS URL',
  'Test Date',
  'Test Description',
  'Test Comments',
] as const;
export type FormField = (typeof form)[number];
export type Form = Readonly<Partial<Record<FormField, string>>>;

/** Ids of the CSIP test procedures; what is ours alone has no place in the form. */
const csip = /^(AGG|BASIC|COMM|CORE|ERR|MAINT|UTIL)-\d{3}[A-G]?$/;
const verdicts = { PASS: 'PASS', FAIL: 'FAIL', BLOCKED: 'NOT SUPPORTED', 'NOT SUPPORTED': 'NOT SUPPORTED' } as const;
const ours = (results: readonly ProcedureResult[]) =>
  results.filter(({ id }) => csip.test(id) && !/^(CORE|BASIC).*B$/.test(id));

export function summaryCsv(results: readonly ProcedureResult[], values: Form): string {
  const known: Form = { 'Certificate Type': 'IEEE 2030.5/CSIP', ...values };
  const rows = [
    ...form.map(key => [key, known[key] ?? ''] as const),
    ...ours(results).map(({ id, verdict }) => [`Test ${id}`, verdicts[verdict]] as const),
  ];
  return rows.map(row => row.map(quote).join(',')).join('\r\n') + '\r\n';
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

interface Message {
  readonly time: number;
  readonly type: 'req' | 'resp';
  readonly method: string;
  readonly uri: string;
  readonly vers: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly code?: number;
  readonly reason?: string;
}

/** `TestLogs` of the specification. */
export function testLogs(results: readonly ProcedureResult[]): object {
  return {
    logs: ours(results).map(({ id, steps }) => ({
      tests: [id],
      messages: steps.flatMap(step => step.exchanges).flatMap(messages),
    })),
  };
}

function messages({
  at,
  method,
  path,
  requestHeaders,
  requestBody,
  status,
  reason,
  headers,
  body,
}: Exchange): Message[] {
  const common = { time: at, method, uri: path, vers: 'HTTP/1.1' };
  return [
    { ...common, type: 'req', headers: requestHeaders, body: requestBody },
    { ...common, type: 'resp', headers, body, code: status, reason },
  ];
}
