/** Wrong about programs and events. */
import { answered, elements, shown, withEntries, type Mutant } from './mutant';

const status = (xml: string): number => Number(/<currentStatus>(\d)/.exec(xml)?.[1]);
const start = (xml: string): number => Number(/<start>(\d+)/.exec(xml)?.[1]);
const mRID = (xml: string): string => /<mRID>(\w+)/.exec(xml)?.[1] ?? '';
const withStatus = (xml: string, now: number) => xml.replace(/<currentStatus>\d/, `<currentStatus>${now}`);
const each = (xml: string, change: (control: string) => string | undefined) =>
  withEntries(
    xml,
    'DERControl',
    elements(xml, 'DERControl').flatMap(control => change(control) ?? []),
  );
const isActiveList = (url: string) => url.includes('/actderc');
const controls = (
  name: string,
  caughtBy: string,
  change: (control: string, now: number) => string | undefined,
): Mutant =>
  shown(name, caughtBy, 'DERControlList', (xml, _request, inside) =>
    each(xml, control => change(control, inside.now())),
  );

export const eventMutants: readonly Mutant[] = [
  controls('shows an event that has started as scheduled', 'CORE-012', c => (status(c) === 1 ? withStatus(c, 0) : c)),
  controls('shows a scheduled event as active', 'CORE-012', c => (status(c) === 0 ? withStatus(c, 1) : c)),
  controls('starts ten seconds late', 'BASIC-010', (c, now) =>
    status(c) === 1 && now < start(c) + 30 ? withStatus(c, 0) : c,
  ),
  controls('drops a cancelled event', 'CORE-022', c => (status(c) === 2 ? undefined : c)),
  controls('goes on with a cancelled event', 'CORE-022', c => (status(c) === 2 ? withStatus(c, 1) : c)),
  controls('shows a cancelled event as superseded', 'BASIC-015', c => (status(c) === 2 ? withStatus(c, 4) : c)),
  controls('never supersedes', 'EVENT-001', c => (status(c) === 4 ? withStatus(c, 1) : c)),
  controls('drops a superseded event', 'EVENT-001', c => (status(c) === 4 ? undefined : c)),
  shown('resumes a superseded event', 'EVENT-001', 'DERControlList', xml =>
    elements(xml, 'DERControl').some(c => status(c) === 1)
      ? xml
      : each(xml, c => (status(c) === 4 ? withStatus(c, 1) : c)),
  ),
  controls('supersedes what runs beside', 'EVENT-003', c =>
    status(c) === 1 && c.includes('opModMaxLimW') ? withStatus(c, 4) : c,
  ),
  controls('cancels at once what it was to spread', 'EVENT-002', c => (status(c) === 3 ? withStatus(c, 2) : c)),
  controls('does not start early for a negative randomizeStart', 'CORE-021', (c, now) =>
    status(c) === 1 && now < start(c) ? withStatus(c, 0) : c,
  ),
  controls('loses randomizeStart', 'CORE-021', c => c.replace(/<randomizeStart>-?\d+<\/randomizeStart>/, '')),
  controls('tells now as dateTime', 'CORE-012', (c, now) => c.replace(/<dateTime>\d+/, `<dateTime>${now}`)),
  controls('moves events by an hour', 'CORE-012', c => c.replace(/<start>\d+/, `<start>${start(c) + 3600}`)),
  controls('tells durations in minutes', 'BASIC-018', c =>
    c.replace(/<duration>(\d+)/, (_, s: string) => `<duration>${Math.ceil(Number(s) / 60)}`),
  ),
  controls('asks for responses and says not where', 'CORE-022', c => c.replace(/ replyTo="[^"]*"/, '')),
  controls('writes one hex digit', 'CORE-012', c => c.replace('responseRequired="07"', 'responseRequired="7"')),
  controls('writes start before duration', 'CORE-012', c =>
    c.replace(/(<duration>\d+<\/duration>)(<start>\d+<\/start>)/, '$2$1'),
  ),
  controls('writes mRIDs in lower case', 'CORE-012', c =>
    c.replace(/<mRID>(\w+)/, (_, id: string) => `<mRID>${id.toLowerCase()}`),
  ),
  shown('gives an event a new mRID each time', 'CORE-012', 'DERControlList', (xml, _request, { memory }) => {
    const count = Number(memory.get('count') ?? 0) + 1;
    memory.set('count', count);
    return xml.replace(/<mRID>\w{4}/g, `<mRID>${count.toString(16).toUpperCase().padStart(4, '0')}`);
  }),
  shown('keeps an event active after its end', 'BASIC-018', 'DERControlList', (xml, { url }, { memory }) => {
    const now = new Set(elements(xml, 'DERControl').map(mRID));
    const before = (memory.get(url) as string[] | undefined) ?? [];
    const gone = before.filter(control => !now.has(mRID(control)));
    const all = [...gone, ...elements(xml, 'DERControl')];
    memory.set(url, all);
    return withEntries(xml, 'DERControl', all);
  }),
  shown('has nothing in its active list', 'CORE-012', 'DERControlList', (xml, { url }) =>
    isActiveList(url) ? withEntries(xml, 'DERControl', []) : xml,
  ),
  answered(
    'has scheduled events in its active list',
    'CORE-012',
    ({ status: code }, { url }) => code === 200 && isActiveList(url),
    async (_answer, request, inside) => {
      const answer = await inside.ask({ ...request, url: request.url.replace('/actderc', '/derc') });
      return { ...answer, body: answer.body.replace('/derc?', '/actderc?') };
    },
  ),
  shown('ignores primacy', 'BASIC-021', 'DERProgramList', xml => xml.replace(/<primacy>\d+/g, '<primacy>1')),
  shown('supersedes across programs', 'BASIC-021', 'DERControlList', (xml, _request, inside) =>
    each(xml, c => (status(c) === 1 && inside.now() > start(c) + 60 ? withStatus(c, 4) : c)),
  ),
  shown('tells per cent instead of hundredths', 'BASIC-010', '', xml =>
    xml.replace(/<opModMaxLimW>(\d+)/g, (_, value: string) => `<opModMaxLimW>${Number(value) / 100}`),
  ),
  shown('flips the excitation', 'BASIC-008', '', xml => xml.replaceAll('<excitation>false', '<excitation>true')),
  shown('keeps four points of a curve', 'BASIC-004', 'DERCurve', xml => {
    const points = elements(xml, 'CurveData');
    return points.slice(4).reduce((rest, point) => rest.replace(point, ''), xml);
  }),
  shown('loses the multiplier of a curve', 'BASIC-005', 'DERCurve', xml =>
    xml.replace(/<xMultiplier>-?\d+/, '<xMultiplier>0'),
  ),
  shown('loses openLoopTms', 'BASIC-006', 'DERCurve', xml => xml.replace(/<openLoopTms>\d+<\/openLoopTms>/, '')),
  shown('connects what it was to disconnect', 'BASIC-009', '', xml =>
    xml.replaceAll('<opModEnergize>false', '<opModEnergize>true'),
  ),
  shown('loses the ramp rates', 'BASIC-007', 'DefaultDERControl', xml => xml.replace(/<setGradW>\d+<\/setGradW>/, '')),
  shown('mixes over- and underfrequency up', 'BASIC-012', '', xml =>
    xml.replaceAll('dBOF>', 'dBXF>').replaceAll('dBUF>', 'dBOF>').replaceAll('dBXF>', 'dBUF>'),
  ),
  answered(
    'links to a default that is not there',
    'BASIC-016',
    (_answer, { url }) => url.includes('/dderc'),
    answer => ({ ...answer, status: 404, body: '' }),
  ),
  shown('shows the default of one program in all', 'BASIC-016', 'DefaultDERControl', (xml, _request, { memory }) => {
    if (!memory.has('value')) memory.set('value', /<opModMaxLimW>\d+/.exec(xml)?.[0]);
    return xml.replace(/<opModMaxLimW>\d+/, String(memory.get('value')));
  }),
  shown('shows the events of transformer A to all', 'AGG-003', 'DERProgramList', (xml, _request, { memory }) => {
    const ours = elements(xml, 'DERProgram').find(program => program.includes(' TFA<'));
    if (ours) memory.set('TFA', ours);
    const alien = memory.get('TFA') as string | undefined;
    return ours || alien === undefined ? xml : withEntries(xml, 'DERProgram', [...elements(xml, 'DERProgram'), alien]);
  }),
  shown('loses the multiplier of a limit', 'AUS-013', '', xml =>
    xml.replace(/(<csipaus:opModGenLimW><multiplier>)\d+/g, '$10'),
  ),
  shown('writes the limits in the base namespace', 'AUS-011', '', xml => xml.replaceAll('csipaus:opMod', 'opMod')),
  shown('gives the steps of an envelope new mRIDs', 'AUS-047', 'DERControlList', (xml, _request, { memory }) => {
    const count = Number(memory.get('count') ?? 0) + 1;
    memory.set('count', count);
    return xml.replace(/<mRID>\w{4}/g, `<mRID>${count.toString(16).toUpperCase().padStart(4, '0')}`);
  }),
  shown('shows no limit in the second half of a step', 'AUS-050', 'DERControlList', (xml, { url }, inside) =>
    isActiveList(url) ? each(xml, c => (inside.now() > start(c) + 150 ? undefined : c)) : xml,
  ),
  shown('shows the default it had at first', 'AUS-048', 'DefaultDERControl', (xml, { url }, { memory }) => {
    if (!memory.has(url)) memory.set(url, xml);
    return String(memory.get(url));
  }),
  controls('loses randomizeDuration', 'AUS-045', c => c.replace(/<randomizeDuration>-?\d+<\/randomizeDuration>/, '')),
];
