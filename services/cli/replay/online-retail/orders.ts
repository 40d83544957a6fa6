import type { OrderLine } from '@detent/schemas';
import type { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { countryCode } from '../countries.ts';
import type { MakeEvent } from '../event-maker.ts';
import { endOfDay } from '../local-time.ts';
import type { Purchases } from './purchases.ts';
import type { RetailLine } from './row.ts';

export const SITE_ID = 'uk';
const ZONE = 'Europe/London';
const HOUR_MS = 3_600_000;
/** Days to the promise: the file has none. */
const PROMISE_DAYS = { home: 3, abroad: 7 } as const;

interface OpenInvoice {
  lines: OrderLine[];
  placedAt: number;
  lastAt: number;
  version: number;
}

/** Turns the lines of invoices into orders. An invoice that goes on in a later minute changes its order. */
export class InvoiceOrders {
  readonly #make: MakeEvent;
  readonly #tally: InputTally;
  readonly #purchases: Purchases;
  readonly #open = new Map<string, OpenInvoice>();

  constructor(make: MakeEvent, tally: InputTally, purchases: Purchases) {
    this.#make = make;
    this.#tally = tally;
    this.#purchases = purchases;
  }

  /** The lines of one invoice in one minute: its order, and a pick for each line. */
  *take(lines: readonly RetailLine[]): Generator<SourceEvent> {
    const first = lines[0];
    if (first === undefined) return;
    this.#forgetBefore(first.at - HOUR_MS);
    const known = this.#open.get(first.invoice);
    const invoice = known ?? { lines: [], placedAt: first.at, lastAt: first.at, version: 0 };
    invoice.version++;
    invoice.lastAt = first.at;
    this.#open.delete(first.invoice);
    this.#open.set(first.invoice, invoice);
    const customerId = customerOf(first);
    const added = lines.map((line) => {
      const added = {
        lineId: String(invoice.lines.length + 1),
        skuId: line.skuId,
        quantity: line.quantity,
        uom: 'each',
      };
      invoice.lines.push(added);
      this.#purchases.add(customerId, line.skuId, { orderId: first.invoice, ...added });
      return added;
    });
    yield this.#order(first, customerId, invoice, known !== undefined);
    for (const line of added) {
      yield this.#make('detent.inventory.StockChanged', `${first.invoice}-${line.lineId}-pick`, first.at, {
        ...stockPlace(line.skuId),
        delta: -line.quantity,
        status: 'available',
        reason: 'pick',
      });
      this.#tally.imputed('StockChanged.locationId');
    }
  }

  #order(first: RetailLine, customerId: string, invoice: OpenInvoice, isChange: boolean): SourceEvent {
    const { at, invoice: orderId, country, line } = first;
    const { placedAt, version } = invoice;
    const code = countryCode(country);
    if (code === undefined) this.#tally.noted(`country "${country}" is not known: ZZ`, `line ${line}`);
    const days = code === 'GB' ? PROMISE_DAYS.home : PROMISE_DAYS.abroad;
    for (const field of ['promisedAt', 'serviceLevel', 'siteId', 'destination.postcode'])
      this.#tally.imputed(`Order.${field}`);
    const fields = {
      orderId,
      customerId,
      siteId: SITE_ID,
      lines: invoice.lines.map((each) => ({ ...each })),
      placedAt,
      promisedAt: endOfDay(placedAt, ZONE, days),
      serviceLevel: 'standard',
      destination: { country: code ?? 'ZZ', postcode: '' },
      version,
    };
    if (!isChange) return this.#make('detent.orders.OrderPlaced', orderId, at, fields);
    this.#tally.noted('invoice goes on in a later minute: OrderChanged', `line ${line}`);
    return this.#make('detent.orders.OrderChanged', `${orderId}-v${version}`, at, fields);
  }

  /** Invoices lie in the order of their last line, so the old ones are in front. */
  #forgetBefore(at: number): void {
    for (const [invoice, { lastAt }] of this.#open) {
      if (lastAt >= at) return;
      this.#open.delete(invoice);
    }
  }
}

/** Who bought: a pseudonym of the invoice where the file names nobody. */
export function customerOf(line: RetailLine): string {
  return line.customerId ?? `guest-${line.invoice}`;
}

/** The file has no locations: each article gets one of its own. */
export function stockPlace(skuId: string): { skuId: string; siteId: string; locationId: string } {
  return { skuId, siteId: SITE_ID, locationId: `${SITE_ID}-${skuId}` };
}
