import { Counter, Gauge, Registry } from 'prom-client';
import { type Note, Tallies } from './tallies';

/** Metrics, passed in. Label by resource name, never by path; label values come from small closed sets. */
export interface Metrics {
  /** Adds `by` (1 unless given) to a counter. */
  count(name: MetricName, labels?: Record<string, string>, by?: number): void;
  /** Records a duration or size. */
  observe(name: MetricName, value: number, labels?: Record<string, string>): void;
  /** What records values of one set of labels, for those who record thousands a second. */
  observer(name: MetricName, labels?: Record<string, string>): Note;
  set(name: MetricName, value: number, labels?: Record<string, string>): void;
  /** All metrics in Prometheus text form. */
  text(): Promise<string>;
  /** Current value of a counter or gauge over all label sets that match; 0 when never touched. For tests and reports. */
  value(name: MetricName, labels?: Record<string, string>): Promise<number>;
}

interface MetricEntry {
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: string[];
  buckets?: number[];
}

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Every metric there is. A name not listed here cannot be used. */
export const metricTable = {
  headroom_request_seconds: {
    kind: 'histogram',
    help: 'Time to answer a request of the device port',
    labels: ['resource', 'method', 'status'],
    buckets: secondsBuckets,
  },
  headroom_handshake_failures_total: {
    kind: 'counter',
    help: 'TLS handshakes or certificates refused',
    labels: ['reason'],
  },
  headroom_commits_total: { kind: 'counter', help: 'Plans committed or refused', labels: ['outcome'] },
  headroom_flush_seconds: {
    kind: 'histogram',
    help: 'Time the store held the event loop to write a group of plans durably',
    labels: [],
    buckets: secondsBuckets,
  },
  headroom_engine_seconds: {
    kind: 'histogram',
    help: 'Time an engine took',
    labels: ['engine', 'outcome'],
    buckets: secondsBuckets,
  },
  headroom_engine_steps_total: {
    kind: 'counter',
    help: 'Envelope steps wanted of an engine: computed, or skipped because they are as they were',
    labels: ['engine', 'outcome'],
  },
  headroom_engine_fallbacks_total: {
    kind: 'counter',
    help: 'Runs in which sites fell back to firm limits',
    labels: ['engine', 'reason'],
  },
  headroom_safety_net_total: { kind: 'counter', help: 'Limits the safety net narrowed', labels: ['engine', 'rule'] },
  headroom_controls_published_total: {
    kind: 'counter',
    help: 'DERControls published from envelopes',
    labels: ['engine'],
  },
  headroom_firm_shortfall_watts: {
    kind: 'gauge',
    help: 'Most watts of firm limits that what is there cannot carry, at the last run',
    labels: ['direction'],
  },
  headroom_firm_shortfalls_total: {
    kind: 'counter',
    help: 'Firm limits that what is there could not carry, once for each run',
    labels: ['direction'],
  },
  headroom_reductions_total: {
    kind: 'counter',
    help: 'Sites whose published limits were lowered, by reason',
    labels: ['reason'],
  },
  headroom_reductions_refused_total: {
    kind: 'counter',
    help: 'Sites whose limits would have been lowered without a reason',
    labels: [],
  },
  headroom_reduction_notice_seconds: {
    kind: 'histogram',
    help: 'Seconds between the publication of lower limits and their start',
    labels: ['reason'],
    buckets: [1, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 172_800, 259_200],
  },
  headroom_responses_total: { kind: 'counter', help: 'Responses received', labels: ['status'] },
  headroom_flow_requests_total: { kind: 'counter', help: 'Flow reservation requests by answer', labels: ['answer'] },
  headroom_readings_total: { kind: 'counter', help: 'Readings stored', labels: [] },
  headroom_readings_thinned_total: { kind: 'counter', help: 'Old readings that became coarse rows', labels: [] },
  headroom_notifications_total: {
    kind: 'counter',
    help: 'Notifications by how their delivery ended',
    labels: ['outcome'],
  },
  headroom_outbox_waiting: { kind: 'gauge', help: 'Notifications that wait to be delivered', labels: [] },
  headroom_outbox_age_seconds: {
    kind: 'gauge',
    help: 'How long the oldest waiting notification has been due',
    labels: [],
  },
  headroom_denials_total: {
    kind: 'counter',
    help: 'What was refused to whom may not, by what was tried',
    labels: ['what'],
  },
  headroom_certificate_days_left: {
    kind: 'gauge',
    help: 'Days until a certificate of ours expires',
    labels: ['certificate'],
  },
} satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof metricTable;

export function promMetrics(): Metrics {
  const registry = new Registry();
  const made = new Map<string, Counter | Gauge | Tallies>();
  const observer = (name: MetricName, labels: Record<string, string>) => (made.get(name) as Tallies).of(labels);
  for (const [name, e] of Object.entries(metricTable) as [MetricName, MetricEntry][]) {
    const base = { name, help: e.help, labelNames: e.labels, registers: [registry] };
    if (e.kind === 'counter') made.set(name, new Counter(base));
    else if (e.kind === 'gauge') made.set(name, new Gauge(base));
    else made.set(name, new Tallies(name, e.help, e.buckets ?? secondsBuckets, registry));
  }
  return {
    count: (name, labels = {}, by = 1) => (made.get(name) as Counter).inc(labels, by),
    observe: (name, value, labels = {}) => observer(name, labels)(value),
    observer: (name, labels = {}) => observer(name, labels),
    set: (name, value, labels = {}) => (made.get(name) as Gauge).set(labels, value),
    text: () => registry.metrics(),
    value: async (name, labels = {}) => {
      const { values } = await (made.get(name) as Counter).get();
      const wanted = Object.entries(labels);
      return values
        .filter(v => wanted.every(([k, w]) => (v.labels as Record<string, unknown>)[k] === w))
        .reduce((sum, v) => sum + v.value, 0);
    },
  };
}

export const noMetrics: Metrics = {
  count: () => undefined,
  observe: () => undefined,
  observer: () => () => undefined,
  set: () => undefined,
  text: async () => '',
  value: async () => 0,
};
