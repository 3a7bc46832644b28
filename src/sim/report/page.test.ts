import { reportPage } from './page';
import { summaryText } from './summary-text';
import { sampleRecord, sampleSummary } from './testing/sample';

const record = sampleRecord({ sites: 3, engineKilledAt: 300 });
const summary = sampleSummary(record);

describe('report page', () => {
  it('prints the times of the clock on the wall and says which clock that is', () => {
    const utc = reportPage(record, summary);
    expect(utc).toContain('2026-06-21 00:00 to 2026-06-22 00:00 UTC');
    expect(utc).toContain('Times are UTC.');
    const local = reportPage({ ...record, utcOffsetS: -25_200 }, summary);
    expect(local).toContain('2026-06-20 17:00 to 2026-06-21 17:00 local (UTC−7)');
    expect(local).toContain('Times are local (UTC−7).');
    expect(reportPage({ ...record, utcOffsetS: 34_200 }, summary)).toContain('local (UTC+9:30)');
  });

  it('shows that the engine died and that sites fell back', () => {
    const page = reportPage(record, summary);
    expect(page).toMatch(/<td>2026-06-21 05:00<\/td><td class="tag engine-killed">Engine killed<\/td>/);
    // Three sites, loading and voltage.
    expect(page.match(/<rect class="fallback"/g)?.length).toBe(5);
  });
});

describe('summary in words', () => {
  const words = (more = {}) =>
    summaryText({ record, summary: { ...summary, ...more }, seconds: 38.4, reportFile: 'var/demo/report.html' });

  it('says what was run, what it proved and where the report is', () => {
    const lines = words({ overloadMinutesWithout: 396, overloadMinutesWith: 0, voltageViolationsWith: 0 });
    expect(lines[0]).toBe('Sample feeder: 24 h in 38 s.');
    expect(lines).toContain('  ✓ Feeder head never above its rating.');
    expect(lines.find(line => line.includes('Without envelopes'))).toContain('396 minutes of overload');
    expect(lines.at(-1)).toBe('Report: var/demo/report.html');
  });

  it('crosses what failed', () => {
    expect(words({ overloadMinutesWith: 7 })).toContain('  ✗ Feeder head above its rating for 7 minutes.');
  });

  it('names the site that gave most', () => {
    expect(words({ shedKWhBySite: { a: 1, 'Van\x1b depot': 12, b: 2 } })).toContain(
      'Held back: 15.0 kWh, most of it at Van? depot (12.0 kWh).',
    );
    expect(words({ shedKWhBySite: { a: 0 } })).toContain('No energy was held back.');
  });
});
