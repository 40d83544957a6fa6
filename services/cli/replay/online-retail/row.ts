import type { CsvRow } from '../csv-rows.ts';
import { LocalTime } from '../local-time.ts';

export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** What a line of the file is. */
export type LineKind = 'order' | 'return' | 'adjustment' | 'not-goods' | 'not-an-order';

/** A line of the file, read. */
export interface RetailLine {
  line: number;
  invoice: string;
  skuId: string;
  description: string;
  quantity: number;
  /** Epoch ms. */
  at: number;
  unitPriceGbp: number;
  /** Undefined where the file names none. */
  customerId: string | undefined;
  country: string;
  kind: LineKind;
  /** The code stood in lower case. */
  isRecased: boolean;
}

/** Codes of postage, discounts, fees, samples and vouchers: booked like goods, never picked. */
const NOT_GOODS = new Set(['POST', 'D', 'C2', 'DOT', 'M', 'BANK CHARGES', 'S', 'AMAZONFEE', 'B', 'CRUK']);

/** Reads lines of the file; times are London's. */
export function createLineReader(): (row: CsvRow) => RetailLine | undefined {
  const times = new LocalTime('yyyy-MM-dd HH:mm:ss', 'Europe/London');
  return ({ line, fields }) => {
    const at = times.parse(fields['InvoiceDate'] ?? '');
    const quantity = Number(fields['Quantity']);
    const unitPriceGbp = Number(fields['UnitPrice']);
    const code = (fields['StockCode'] ?? '').trim();
    const invoice = (fields['InvoiceNo'] ?? '').trim();
    if (at === undefined || !Number.isFinite(quantity) || !Number.isFinite(unitPriceGbp)) return undefined;
    if (code === '' || invoice === '' || fields['Quantity'] === '') return undefined;
    // The same article stands in both cases, such as 85123A and 85123a.
    const skuId = code.toUpperCase();
    const customer = (fields['CustomerID'] ?? '').trim();
    const read = {
      line,
      invoice,
      skuId,
      description: (fields['Description'] ?? '').trim(),
      quantity,
      at,
      unitPriceGbp,
      // Ids are written as floats: 17850.0.
      customerId: customer === '' ? undefined : `c-${Number.parseInt(customer, 10)}`,
      country: fields['Country'] ?? '',
      isRecased: skuId !== code,
    };
    return { ...read, kind: kindOf(read) };
  };
}

function kindOf(line: Omit<RetailLine, 'kind'>): LineKind {
  if (/^[A-Z]/.test(line.invoice) && !line.invoice.startsWith('C')) return 'not-an-order';
  if (NOT_GOODS.has(line.skuId) || line.skuId.startsWith('GIFT_')) return 'not-goods';
  if (line.invoice.startsWith('C')) return 'return';
  if (line.quantity <= 0) return 'adjustment';
  // Nobody's and free of charge: what a count found, or stock booked from one article to another.
  return line.customerId === undefined && line.unitPriceGbp === 0 ? 'adjustment' : 'order';
}
