import { type MetricSpec, metricCatalogue } from '../services/shared/pipeline/ports/metric-catalogue.ts';

const specs: Readonly<Record<string, MetricSpec>> = metricCatalogue;

/** Series that a PromQL expression, or a page, reads by a name of ours; recorded ones (with colons) are not among them. */
function seriesOf(expression: string): string[] {
  return [...expression.matchAll(/(?<![\w:])detent_\w+(?![\w:])/g)].map(([name]) => name);
}

/** Names in the text that no service exposes: not in the catalogue, or a part that their kind does not have. */
export function unknownSeries(expression: string): string[] {
  return seriesOf(expression).filter((name) => {
    if (specs[name]) return specs[name].kind === 'histogram';
    const base = name.replace(/_(bucket|sum|count)$/, '');
    return specs[base]?.kind !== 'histogram';
  });
}
