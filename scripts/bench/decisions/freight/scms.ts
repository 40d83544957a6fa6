import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { FreightShipment } from '../../../../services/routing/freight/index.ts';

/** A shipment with what its freight came to. */
export interface PaidShipment {
  shipment: FreightShipment;
  /** Epoch ms: from then on its cost is known. */
  deliveredAt: number;
  cost: number;
}

/** What was read, and what was left out and why. */
export interface ScmsFreight {
  shipments: PaidShipment[];
  leftOut: Record<string, number>;
}

type Row = Record<string, string>;
const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LABELS = {
  country: 'Country',
  mode: 'Shipment Mode',
  vendor: 'Vendor',
  site: 'Manufacturing Site',
  group: 'Product Group',
  subgroup: 'Sub Classification',
  terms: 'Vendor INCO Term',
  via: 'Fulfill Via',
  form: 'Dosage Form',
  project: 'Project Code',
  item: 'Molecule/Test Type',
} as const;

/**
 * Shipments of the SCMS file whose freight was told, in the order of delivery. Rows that refer to another's cost ("See
 * ASN-93 (ID#:1281)") are goods of that shipment: their value and quantity count to it, and its cost stands once. Rows
 * whose cost lies elsewhere ("Freight Included in Commodity Cost", "Invoiced Separately") are left out, never 0.
 */
export function readScmsFreight(file: string): ScmsFreight {
  const bytes = readFileSync(file);
  const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const rows = parse(text, { columns: true, bom: true, relax_column_count: true }) as Row[];
  if (rows[0]?.['Freight Cost (USD)'] === undefined) {
    throw new Error(`${file} has no column "Freight Cost (USD)": give the SCMS file`);
  }
  const byId = new Map(rows.map((row) => [row['ID']!, row]));
  const leftOut: Record<string, number> = {};
  const goods = new Map<string, Row[]>();
  for (const row of rows) {
    const bearer = bearerOf(row, byId);
    if (typeof bearer === 'string') leftOut[bearer] = (leftOut[bearer] ?? 0) + 1;
    else goods.set(bearer['ID']!, [...(goods.get(bearer['ID']!) ?? []), row]);
  }
  const shipments = [...goods].flatMap(([id, own]) => {
    const row = byId.get(id)!;
    const [dueAt, deliveredAt] = [dayOf(row['Scheduled Delivery Date']!), dayOf(row['Delivered to Client Date']!)];
    const cost = numberOf(row['Freight Cost (USD)']!)!;
    if (dueAt === undefined || deliveredAt === undefined || !(cost > 0)) {
      leftOut['without a date, or a cost of 0'] = (leftOut['without a date, or a cost of 0'] ?? 0) + own.length;
      return [];
    }
    const weight = numberOf(row['Weight (Kilograms)']!) ?? 0;
    const sum = (column: string) => own.reduce((total, one) => total + (numberOf(one[column]!) ?? 0), 0);
    const shipment: FreightShipment = {
      dueAt,
      weightKg: weight > 0 ? weight : null,
      value: sum('Line Item Value'),
      quantity: sum('Line Item Quantity'),
      lines: own.length,
      labels: Object.fromEntries(Object.entries(LABELS).map(([label, column]) => [label, row[column]!])),
    };
    return [{ id: Number(id), paid: { shipment, deliveredAt, cost } }];
  });
  shipments.sort((a, b) => a.paid.deliveredAt - b.paid.deliveredAt || a.id - b.id);
  return { shipments: shipments.map(({ paid }) => paid), leftOut };
}

/** The row that holds a row's cost, over as many references as there are; or why there is none. */
function bearerOf(row: Row, byId: ReadonlyMap<string, Row>): Row | string {
  let at: Row | undefined = row;
  for (let hops = 0; at !== undefined && hops < 10; hops += 1) {
    const told: string = at['Freight Cost (USD)']!.trim();
    if (numberOf(told) !== undefined) return at;
    const reference: RegExpExecArray | null = /^See .*\(ID#:(\d+)\)$/.exec(told);
    if (reference === null) return told;
    at = byId.get(reference[1]!);
  }
  return 'refers to a row without a cost';
}

function numberOf(text: string): number | undefined {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
}

/** `2-Jun-06` as epoch ms. */
function dayOf(text: string): number | undefined {
  const [, day, month, year] = /^(\d{1,2})-([A-Z][a-z]{2})-(\d\d)$/.exec(text.trim()) ?? [];
  const index = MONTHS.indexOf(month ?? '');
  return index < 0 ? undefined : Date.UTC(2000 + Number(year), index, Number(day)) + DAY_MS - 1;
}
