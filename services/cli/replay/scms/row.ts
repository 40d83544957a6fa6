import { createHash } from 'node:crypto';
import type { CsvRow } from '../csv-rows.ts';
import { LocalTime } from '../local-time.ts';

export const COLUMNS = [
  'ID',
  'Project Code',
  'PO / SO #',
  'ASN/DN #',
  'Country',
  'Shipment Mode',
  'PQ First Sent to Client Date',
  'PO Sent to Vendor Date',
  'Scheduled Delivery Date',
  'Delivered to Client Date',
  'Product Group',
  'Item Description',
  'Line Item Quantity',
  'Line Item Value',
  'Weight (Kilograms)',
  'Freight Cost (USD)',
] as const;

/** An amount as the file has it: told, told in the row of another id, or not told. */
export type Amount =
  | { kind: 'known'; value: number }
  | { kind: 'see'; rowId: string }
  | { kind: 'unknown'; text: string };

/** A line item of a shipment, read. */
export interface LineItem {
  line: number;
  rowId: string;
  projectCode: string;
  orderId: string;
  shipmentId: string;
  country: string;
  mode: string;
  /** When the order went to the vendor, or the quote to the client; undefined where neither was captured. */
  placedAt: number | undefined;
  /** End of the day, epoch ms. */
  scheduledAt: number;
  deliveredAt: number;
  skuId: string;
  name: string;
  category: string;
  quantity: number;
  valueUsd: number;
  weightKg: Amount;
  freightUsd: Amount;
}

/** Reads rows. Days are taken in UTC: the file has no zone. */
export function createItemReader(): (row: CsvRow) => LineItem | undefined {
  const day = new LocalTime('d-MMM-yy', 'UTC');
  const usDay = new LocalTime('M/d/yy', 'UTC');
  return ({ line, fields }) => {
    const text = (column: (typeof COLUMNS)[number]) => (fields[column] ?? '').trim();
    const scheduledAt = day.parse(text('Scheduled Delivery Date'));
    const deliveredAt = day.parse(text('Delivered to Client Date'));
    const quantity = Number(text('Line Item Quantity'));
    const ids = [text('ID'), text('PO / SO #'), text('ASN/DN #'), text('Item Description')];
    if (scheduledAt === undefined || deliveredAt === undefined || !(quantity > 0) || ids.includes('')) return undefined;
    const name = text('Item Description');
    return {
      line,
      rowId: text('ID'),
      projectCode: text('Project Code'),
      orderId: text('PO / SO #'),
      shipmentId: text('ASN/DN #'),
      country: text('Country'),
      mode: text('Shipment Mode') || 'unknown',
      placedAt: usDay.parse(text('PO Sent to Vendor Date')) ?? usDay.parse(text('PQ First Sent to Client Date')),
      scheduledAt,
      deliveredAt,
      skuId: skuIdOf(name),
      name,
      category: text('Product Group') || 'unknown',
      quantity,
      valueUsd: Number(text('Line Item Value')) || 0,
      weightKg: toAmount(text('Weight (Kilograms)')),
      freightUsd: toAmount(text('Freight Cost (USD)')),
    };
  };
}

/** `780.34`, `See ASN-93 (ID#:1281)`, or words such as "Invoiced Separately". */
export function toAmount(text: string): Amount {
  const value = text === '' ? Number.NaN : Number(text.replaceAll(',', ''));
  if (Number.isFinite(value)) return { kind: 'known', value };
  const reference = /^See .*\(ID#:(\d+)\)$/.exec(text);
  return reference === null ? { kind: 'unknown', text } : { kind: 'see', rowId: reference[1] as string };
}

/** Articles have no number: words of the description to read, and a hash of it to be unique. */
function skuIdOf(description: string): string {
  const words = description
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${words}-${createHash('sha256').update(description).digest('hex').slice(0, 6)}`;
}
