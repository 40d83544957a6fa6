import type { ActionDraft, Alternative, Cause, Effects, PlaybookChoice } from '@detent/pipeline';
import type { ActionCarton, SkuDescribed } from '@detent/schemas';
import {
  type PackedCarton,
  type PackedOrder,
  type PackItem,
  type PackRules,
  packOrder,
  pictureOf,
} from '../cartonize/index.ts';
import type { OrderState } from '../order-state.ts';

/** What packing keeps of an article: the measures of one unit, and how it may travel. */
type Article = Omit<PackItem, 'lineId' | 'quantity'>;

/** An order whose batch is released. */
export interface ToPack {
  readonly order: OrderState;
  readonly siteId: string;
  readonly cause: Cause;
  readonly playbook: PlaybookChoice | undefined;
  /** Instant of the release, and the last at which its packing may begin, epoch ms. */
  readonly at: number;
  readonly validUntil: number;
}

/** Knows the articles, and says into which cartons an order goes. */
export class Packing {
  readonly #articles = new Map<string, Article>();
  readonly #rules: PackRules;

  constructor(rules: PackRules) {
    this.#rules = rules;
  }

  /** Takes back what `learn` kept, by its key without `sku:`. */
  restore(skuId: string, value: object): void {
    this.#articles.set(skuId, value as Article);
  }

  /** Keeps the newest description of an article; one without all measures and its weight cannot be packed by rule. */
  learn(described: SkuDescribed, effects: Effects): void {
    const article = articleOf(described);
    if (article) {
      this.#articles.set(described.skuId, article);
      effects.save(`sku:${described.skuId}`, article);
    } else if (this.#articles.delete(described.skuId)) {
      effects.drop(`sku:${described.skuId}`);
    }
  }

  /** Commands the cartons of an order, or says why there are none. Leaves it alone where an article is not known. */
  pack({ order, siteId, cause, playbook, at, validUntil }: ToPack, effects: Effects): void {
    const items: PackItem[] = [];
    for (const { lineId, skuId, quantity } of order.lines) {
      const article = this.#articles.get(skuId);
      if (article === undefined || !Number.isInteger(quantity)) {
        effects.note('packed-by-hand');
        return;
      }
      items.push({ ...article, lineId, quantity });
    }
    const hours = Math.max(1, Math.ceil((order.promisedAt - at) / 3_600_000));
    const packed = packOrder(items, hours, this.#rules);
    const target = { entityType: 'order', entityId: order.orderId };
    order.told += 1;
    const before = order.packAction;
    order.packAction = effects.act({
      ...{ target, siteId, cause, playbook, validUntil, n: `pack-${order.told}`, ...commandOf(packed, items, hours) },
      ...(before === null ? {} : { supersedes: before }),
    });
    effects.note('unpackable' in packed ? 'unpackable' : 'packed');
  }
}

function articleOf(described: SkuDescribed): Article | null {
  const { skuId, lengthMm, widthMm, heightMm, weightG } = described;
  const { fragility, keepUpright, maxTopLoadG, minTempC, maxTempC, hazmatClass } = described;
  if (!isPositive(lengthMm) || !isPositive(widthMm) || !isPositive(heightMm) || !isPositive(weightG)) return null;
  return {
    skuId,
    l: Math.ceil(lengthMm),
    w: Math.ceil(widthMm),
    h: Math.ceil(heightMm),
    weightG,
    ...(keepUpright && { keepUpright }),
    ...(fragility != null && { fragility }),
    ...(maxTopLoadG != null && { maxTopLoadG }),
    ...(minTempC != null && { minTempC }),
    ...(maxTempC != null && { maxTempC }),
    ...(hazmatClass && { hazmatClass }),
  };
}

function isPositive(value: number | null | undefined): value is number {
  return value != null && value > 0 && Number.isFinite(value);
}

type Command = Pick<ActionDraft, 'type' | 'because' | 'details' | 'cartons' | 'alternatives' | 'undo'>;

function commandOf(packed: PackedOrder, items: readonly PackItem[], hours: number): Command {
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
  if ('unpackable' in packed) {
    const { lineId, limit, advice } = packed.unpackable;
    const because = `line ${lineId} goes into no carton: ${limit}; ${advice}`;
    return { type: 'unpackable', because, details: { lineId, limit, advice, units }, alternatives: [] };
  }
  const { cartons } = packed;
  const sum = (of: (carton: PackedCarton) => number) => cartons.reduce((total, carton) => total + of(carton), 0);
  const alternatives: Alternative[] = cartons.flatMap(({ rejected }, n) =>
    rejected.map(({ typeId, why }) => ({ what: `${typeId} as carton ${n + 1}`, rejectedBecause: why })),
  );
  return {
    type: 'pack',
    because: `${units} unit(s) go into ${cartons.map(({ typeId }) => typeId).join(' + ')}: ${[...new Set(cartons.map(({ because }) => because))].join('; ')}`,
    details: {
      cartons: cartons.length,
      units,
      weightG: sum(({ weightG }) => weightG),
      billableG: sum(({ billableG }) => billableG),
      coolantG: sum(({ coolant }) => coolant.grams),
      hoursToDelivery: hours,
    },
    cartons: cartons.map(recordOf),
    alternatives,
    undo: { type: 'unpack', details: { cartons: cartons.length } },
  };
}

function recordOf(carton: PackedCarton): ActionCarton {
  const { inside, dunnage, coolant } = carton;
  return {
    typeId: carton.typeId,
    insideLengthMm: inside.l,
    insideWidthMm: inside.w,
    insideHeightMm: inside.h,
    items: carton.units.map(({ lineId, skuId, x, y, z, l, w, h }) => {
      return { lineId, skuId, xMm: x, yMm: y, zMm: z, lengthMm: l, widthMm: w, heightMm: h };
    }),
    fill: carton.fill,
    weightG: carton.weightG,
    billableG: carton.billableG,
    dunnage: dunnage.kind,
    dunnageL: dunnage.litres,
    isLined: carton.isLined,
    coolant: coolant.kind,
    coolantG: coolant.grams,
    because: carton.because,
    picture: pictureOf(carton),
  };
}
