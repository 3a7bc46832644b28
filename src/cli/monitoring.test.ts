/** The dashboard and the alert rules in examples/monitoring name metrics and labels that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTable } from '../base/metrics';

const folder = join(__dirname, '../../examples/monitoring');
const known = new Map(
  Object.entries(metricTable).flatMap(([name, { kind, labels }]) =>
    (kind === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']).map(end => [name + end, labels as readonly string[]]),
  ),
);
interface Dashboard {
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
}
const dashboard = JSON.parse(readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
const expressions = [
  ...dashboard.panels.flatMap(panel => panel.targets.map(target => target.expr)),
  ...[...rules.matchAll(/expr: (.*)/g)].map(([, expr = '']) => expr),
];

it.each(expressions)('%s', expr => {
  const names = [...expr.matchAll(/headroom_\w+/g)].map(([name]) => name);
  for (const name of names) expect([...known.keys()]).toContain(name);
  for (const [, labels = ''] of expr.matchAll(/by \(([^)]*)\)/g))
    for (const label of labels.split(', ')) if (label !== 'le') expect(known.get(names[0] ?? '')).toContain(label);
});

it('has something on every kind of trouble', () => {
  expect(expressions.length).toBeGreaterThan(20);
  for (const name of ['headroom_certificate_days_left', 'headroom_engine_fallbacks_total', 'headroom_safety_net_total'])
    expect(rules).toContain(name);
});
