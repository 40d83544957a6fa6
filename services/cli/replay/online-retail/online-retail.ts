import { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { readCsvRows } from '../csv-rows.ts';
import { eventMaker, type MakeEvent } from '../event-maker.ts';
import type { Importer } from '../importer.ts';
import { InvoiceOrders, stockPlace } from './orders.ts';
import { Parties } from './parties.ts';
import { Purchases } from './purchases.ts';
import { COLUMNS, createLineReader, type RetailLine } from './row.ts';

const DAMAGE = /damag|dagamed|wet|crush|smash|broken|breakage|rust|mould|faulty|destroy|throw|smudge|crack/i;
const LOSS = /lost|missing|\bmia\b|can't find/i;

/**
 * UCI Online Retail: order lines of a wholesaler, one file. What it does not have (deliveries, locations, sizes) is
 * imputed by rule where a record needs it, else left out: no delivery is made up.
 */
export const onlineRetail: Importer = {
  title: 'UCI Online Retail: orders, returns and stock adjustments of a UK wholesaler',
  files: ['orders_online_retail.csv.gz'],
  open([file = '']) {
    const tally = new InputTally();
    return { events: readEvents(file, tally), report: () => tally.report() };
  },
};

async function* readEvents(file: string, tally: InputTally): AsyncGenerator<SourceEvent> {
  const readLine = createLineReader();
  const minutes = new MinuteEvents(tally);
  let minute: RetailLine[] = [];
  for await (const row of readCsvRows(file, COLUMNS)) {
    tally.read();
    const line = readLine(row);
    if (line === undefined) {
      tally.setAside('a number or the date cannot be read', `line ${row.line}`);
      continue;
    }
    const at = minute[0]?.at;
    if (at !== undefined && line.at !== at) {
      yield* minutes.take(minute);
      minute = [];
      // The file is in order of time. Should another edition not be, its events still are what they are; say so.
      if (line.at < at) tally.noted('earlier than the line before', `line ${line.line}`);
    }
    minute.push(line);
  }
  yield* minutes.take(minute);
}

/** The events of one minute's lines. Stamps are minutes, so invoices may lie in each other. */
class MinuteEvents {
  readonly #tally: InputTally;
  readonly #make: MakeEvent;
  readonly #purchases = new Purchases();
  readonly #orders: InvoiceOrders;
  readonly #parties: Parties;

  constructor(tally: InputTally) {
    this.#tally = tally;
    this.#make = eventMaker('online-retail', tally);
    this.#orders = new InvoiceOrders(this.#make, tally, this.#purchases);
    this.#parties = new Parties(this.#make, tally);
  }

  *take(lines: readonly RetailLine[]): Generator<SourceEvent> {
    const invoices = new Map<string, RetailLine[]>();
    for (const line of lines) {
      this.#countOddities(line);
      if (line.kind === 'not-goods')
        this.#tally.setAside('not goods: postage, discount, fee, sample, voucher', `line ${line.line}`);
      else if (line.kind === 'not-an-order')
        this.#tally.setAside('bad debt and the like: no order', `line ${line.line}`);
      else if (line.kind === 'return') yield* this.#return(line);
      else if (line.kind === 'adjustment') yield this.#adjust(line);
      else {
        yield* this.#parties.describeSku(line);
        const invoice = invoices.get(line.invoice);
        if (invoice === undefined) invoices.set(line.invoice, [line]);
        else invoice.push(line);
      }
    }
    for (const invoice of invoices.values()) {
      yield* this.#parties.describeCustomer(invoice);
      yield* this.#orders.take(invoice);
    }
  }

  #countOddities(line: RetailLine): void {
    const { kind, isRecased, customerId } = line;
    if (customerId === undefined) this.#tally.noted('line without CustomerID');
    if (customerId === undefined && kind === 'order') this.#tally.imputed('Order.customerId: guest-<invoice>');
    if (isRecased) this.#tally.noted('article code in lower case');
    if (line.invoice.startsWith('C')) this.#tally.noted('line of a C invoice');
  }

  *#return(line: RetailLine): Generator<SourceEvent> {
    const { customerId, skuId, invoice, at } = line;
    const where = `line ${line.line}`;
    if (customerId === undefined) {
      this.#tally.setAside('return without CustomerID: its order cannot be found', where);
      return;
    }
    const { parts, unmatched } = this.#purchases.giveBack(customerId, skuId, -line.quantity);
    if (parts.length === 0) {
      this.#tally.setAside('return of what this customer did not buy before in the file', where);
      return;
    }
    if (unmatched > 0) this.#tally.noted('return of more than was bought: the rest is left out', where);
    this.#tally.noted('return matched to its order');
    for (const [index, part] of parts.entries()) {
      for (const field of ['reason', 'condition']) this.#tally.imputed(`ItemReturned.${field}: not-stated`);
      yield this.#make('detent.outcomes.ItemReturned', `${invoice}-${line.line}-${index}`, at, {
        ...part,
        skuId,
        reason: 'not-stated',
        condition: 'not-stated',
      });
    }
  }

  /** Stock corrected, broken or lost. No order is named, so it is a change of stock and not damage to an order. */
  #adjust(line: RetailLine): SourceEvent {
    const { invoice, skuId, quantity, at, description } = line;
    const isOut = quantity < 0;
    const reason =
      isOut && DAMAGE.test(description) ? 'damage' : isOut && LOSS.test(description) ? 'loss' : 'adjustment';
    this.#tally.noted(`stock ${reason}, units ${isOut ? 'out' : 'in'}`);
    this.#tally.imputed('StockChanged.locationId');
    return this.#make('detent.inventory.StockChanged', `${invoice}-${line.line}-adjust`, at, {
      ...stockPlace(skuId),
      delta: quantity,
      status: reason === 'damage' ? 'damaged' : 'available',
      reason,
    });
  }
}
