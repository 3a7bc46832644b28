import { markFallback, onFirm } from './fallback';
import { sampleRecord } from './report/testing/sample';

describe('fallback of a run', () => {
  const marked = (failures: { from: number; to: number }[]) => {
    const { start, sites } = sampleRecord({ sites: 1, minutes: 10 });
    const [trace] = sites;
    if (!trace) throw new Error('no site');
    trace.source.fill('event');
    trace.importLimitW.fill(9000);
    trace.exportLimitW.fill(trace.firmExportW);
    // It hears of minute 3 in minute 5, and of the end of it in minute 8.
    trace.importLimitW.fill(trace.firmImportW, 5, 8);
    markFallback(
      sites,
      start,
      failures.map(({ from, to }) => ({ from: start + from, to: start + to })),
    );
    return trace.source.map(source => (source === 'fallback' ? 'F' : '.')).join('');
  };

  it('is the minutes of a failure in which a site had gone to firm', () => {
    expect(marked([{ from: 180, to: 420 }])).toBe('.....FF...');
    expect(marked([{ from: 180, to: Infinity }])).toBe('.....FFF..');
    expect(marked([{ from: 390, to: 10_000 }])).toBe('......FF..');
  });

  it('is nothing where firm limits were what the engine meant', () => {
    expect(marked([])).toBe('..........');
    expect(marked([{ from: 0, to: 240 }])).toBe('..........');
  });

  it('asks an inverter for its export only', () => {
    const firm = { firmImportW: 5000, firmExportW: 1500 };
    const limits = { importW: 14_400, exportW: 1500 };
    expect(onFirm(limits, { kind: 'inverter', ...firm })).toBe(true);
    expect(onFirm(limits, { kind: 'pcs', ...firm })).toBe(false);
    expect(onFirm({ ...limits, exportW: 1501 }, { kind: 'inverter', ...firm })).toBe(false);
  });
});
