import {
  type Clock,
  type Labels,
  type MetricName,
  type MetricSpec,
  type Metrics,
  metricCatalogue,
} from '@detent/pipeline';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Gauges that hold when something was last seen become ages at each scrape, so that silence shows without any event. */
const AGES: readonly { latest: MetricName; age: MetricName; label: string }[] = [
  { latest: 'detent_feed_latest_event_seconds', age: 'detent_feed_age_seconds', label: 'topic' },
  { latest: 'detent_dimension_latest_change_seconds', age: 'detent_dimension_age_seconds', label: 'dimension' },
];

/** The metrics of one process, and their text for `/metrics`. */
export interface MetricsRegistry extends Metrics {
  text(): Promise<string>;
  readonly contentType: string;
  /** Current series of a counter or gauge. For summaries. */
  series(name: MetricName): Promise<{ labels: Labels; value: number }[]>;
}

/** Prometheus metrics from the catalogue. `series` of a histogram throws `RangeError`. */
export function createMetrics(clock: Clock): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const touched = new Map<MetricName, Map<string, number>>(AGES.map(({ latest }) => [latest, new Map()]));

  for (const [name, spec] of Object.entries(metricCatalogue) as [MetricName, MetricSpec][]) {
    const options = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
    if (spec.kind === 'counter') counters.set(name, new Counter(options));
    else if (spec.kind === 'histogram')
      histograms.set(name, new Histogram({ ...options, buckets: [...(spec.buckets ?? [])] }));
    else {
      const ages = AGES.find(({ age }) => age === name);
      const collect = ages && {
        collect(this: Gauge) {
          for (const [label, at] of touched.get(ages.latest)!)
            this.set({ [ages.label]: label }, Math.max(0, clock.now() - at) / 1000);
        },
      };
      gauges.set(name, new Gauge({ ...options, ...collect }));
    }
  }
  const of = <T>(map: Map<string, T>, name: string): T => {
    const metric = map.get(name);
    if (metric === undefined) throw new RangeError(`metric ${name} is not in the catalogue with this kind`);
    return metric;
  };
  return {
    contentType: registry.contentType,
    count: (name, value = 1, labels = {}) => of(counters, name).inc(labels, value),
    gauge(name, value, labels = {}) {
      of(gauges, name).set(labels, value);
      const ages = AGES.find(({ latest }) => latest === name);
      if (ages) touched.get(ages.latest)!.set(labels[ages.label] ?? '', clock.now());
    },
    observe: (name, value, labels = {}) => of(histograms, name).observe(labels, value),
    text: () => registry.metrics(),
    async series(name) {
      const { values } = await (counters.get(name) ?? of(gauges, name)).get();
      return values.map(({ labels, value }) => ({ labels: labels as Labels, value }));
    },
  };
}
