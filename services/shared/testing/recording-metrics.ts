import type { Labels, Logger, Metrics } from '@detent/pipeline';

/** Metrics that remember their sums, for assertions. */
export interface RecordingMetrics extends Metrics {
  /** Sum of a counter, or last value of a gauge, over the series that match the labels given. */
  total(name: string, labels?: Labels): number;
}

export function createRecordingMetrics(): RecordingMetrics {
  const series: { name: string; labels: Labels; value: number }[] = [];
  const find = (name: string, labels: Labels) => {
    const known = series.find(
      (entry) => entry.name === name && JSON.stringify(entry.labels) === JSON.stringify(labels),
    );
    if (known) return known;
    const created = { name, labels, value: 0 };
    series.push(created);
    return created;
  };
  return {
    count(name, value = 1, labels = {}) {
      find(name, labels).value += value;
    },
    gauge(name, value, labels = {}) {
      find(name, labels).value = value;
    },
    observe(name, value, labels = {}) {
      find(name, labels).value = value;
    },
    total: (name, labels = {}) =>
      series
        .filter(
          (entry) =>
            entry.name === name && Object.entries(labels).every(([label, value]) => entry.labels[label] === value),
        )
        .reduce((sum, entry) => sum + entry.value, 0),
  };
}

/** A logger that keeps silent. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
