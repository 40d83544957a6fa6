/** One query of a panel and the name of its lines (`{{label}}` stands for a label's value). */
export interface Query {
  expr: string;
  legend: string;
}

export interface PanelSpec {
  title: string;
  /** What it tells, and what is wrong with it when it looks wrong. */
  description: string;
  unit: 'short' | 's' | 'reqps' | 'percentunit' | 'bytes' | 'none';
  queries: readonly Query[];
  /** `stat`: one number now. `lines` (default): over time. */
  kind?: 'stat' | 'lines';
  /** Numbers from which it turns orange and red. */
  warn?: { orange: number; red: number; falling?: boolean };
  /** Of 24 columns. */
  width: 4 | 6 | 8 | 12 | 24;
}

export interface RowSpec {
  title: string;
  panels: readonly PanelSpec[];
}

const datasource = { type: 'prometheus', uid: 'detent-prometheus' };

function thresholds(warn: PanelSpec['warn']): object {
  if (!warn) return { mode: 'absolute', steps: [{ color: 'green', value: null }] };
  const { orange, red, falling } = warn;
  const steps = falling
    ? [
        { color: 'red', value: null },
        { color: 'orange', value: orange },
        { color: 'green', value: red },
      ]
    : [
        { color: 'green', value: null },
        { color: 'orange', value: orange },
        { color: 'red', value: red },
      ];
  return { mode: 'absolute', steps };
}

function panel(spec: PanelSpec, id: number, gridPos: object): object {
  const stat = spec.kind === 'stat';
  return {
    id,
    type: stat ? 'stat' : 'timeseries',
    title: spec.title,
    description: spec.description,
    datasource,
    gridPos,
    fieldConfig: {
      defaults: {
        unit: spec.unit,
        min: 0,
        thresholds: thresholds(spec.warn),
        ...(stat ? {} : { custom: { fillOpacity: 8, showPoints: 'never' } }),
      },
      overrides: [],
    },
    options: stat
      ? { colorMode: 'value', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: spec.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
    })),
  };
}

/** Lays rows out from top to bottom, panels from left to right, as Grafana's dashboard model wants them. */
export function layOut(rows: readonly RowSpec[]): object[] {
  const laid: object[] = [];
  let id = 0;
  let y = 0;
  for (const row of rows) {
    id += 1;
    laid.push({ id, type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] });
    y += 1;
    let x = 0;
    let height = 0;
    for (const spec of row.panels) {
      const h = spec.kind === 'stat' ? 4 : 8;
      if (x + spec.width > 24) {
        x = 0;
        y += height;
        height = 0;
      }
      id += 1;
      laid.push(panel(spec, id, { x, y, w: spec.width, h }));
      x += spec.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return laid;
}
