import type { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import type { MakeEvent } from '../event-maker.ts';
import { imputeSku } from './impute-sku.ts';
import { customerOf } from './orders.ts';
import type { RetailLine } from './row.ts';

/** Value bought so far, in GBP, from which a tier is held. Ours: the file knows no tiers. */
const TIERS = [
  { from: 20_000, tier: 'platinum' },
  { from: 5000, tier: 'gold' },
  { from: 1000, tier: 'silver' },
  { from: Number.NEGATIVE_INFINITY, tier: 'standard' },
] as const;

/** Describes articles and customers when they are first seen, and customers again when they rise to another tier. */
export class Parties {
  readonly #make: MakeEvent;
  readonly #tally: InputTally;
  readonly #skus = new Set<string>();
  readonly #customers = new Map<string, { value: number; tier: string | undefined; profiles: number }>();

  constructor(make: MakeEvent, tally: InputTally) {
    this.#make = make;
    this.#tally = tally;
  }

  /** The article of an order line, when it was not told before and has a name here. */
  *describeSku({ skuId, description, at }: RetailLine): Generator<SourceEvent> {
    if (this.#skus.has(skuId) || description === '') return;
    this.#skus.add(skuId);
    this.#tally.imputed('SkuDescribed: category, dimensions, weight, fragility, packaging');
    yield this.#make('detent.inventory.SkuDescribed', skuId, at, {
      skuId,
      name: description,
      baseUom: 'each',
      packagings: [],
      ...imputeSku(description),
    });
  }

  /** The customer of an invoice's lines, when new or risen to another tier by them. */
  *describeCustomer(lines: readonly RetailLine[]): Generator<SourceEvent> {
    const first = lines[0];
    if (first === undefined) return;
    const customerId = customerOf(first);
    const known = this.#customers.get(customerId) ?? { value: 0, tier: undefined, profiles: 0 };
    for (const line of lines) known.value += line.quantity * line.unitPriceGbp;
    this.#customers.set(customerId, known);
    const tier = TIERS.find(({ from }) => known.value >= from)?.tier ?? 'standard';
    if (tier === known.tier) return;
    known.tier = tier;
    known.profiles++;
    this.#tally.imputed('CustomerProfiled.tier');
    yield this.#make('detent.customers.CustomerProfiled', `${customerId}-${known.profiles}`, first.at, {
      customerId,
      tier,
      lifetimeValue: Math.round(known.value * 100) / 100,
      currency: 'GBP',
    });
  }
}
