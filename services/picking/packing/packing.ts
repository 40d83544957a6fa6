import { hoursToLast } from '@detent/core';
import { type ActionDraft, type Alternative, membershipsOf, type PlaybookFor } from '@detent/pipeline';
import type { ActionCarton, SkuDescribed } from '@detent/schemas';
import {
  type PackedCarton,
  type PackedOrder,
  type PackItem,
  type PackWishes,
  packOrder,
  pictureOf,
} from '../cartonize/index.ts';
import type { PickingConfig } from '../config.ts';
import type { Effects } from '../metrics.ts';
import { type OrderState, restOf } from '../order-state.ts';

/** What packing keeps of an article: the measures of one unit, and how it may travel. */
type Article = Omit<PackItem, 'lineId' | 'quantity'>;

/** Where an order's cartons stand in line, from the release of its last batch. */
interface Turn {
  readonly siteId: string;
  readonly dueAt: number;
  /** Last instant at which its packing may begin, epoch ms. */
  readonly validUntil: number;
}

/**
 * Knows the articles, and says into which cartons an order goes: one order a step, in the order of release, each at its own
 * instant soon after it, so that no release waits for the cartons of all that it holds.
 */
export class Packing {
  readonly #articles = new Map<string, Article>();
  readonly #turns = new Map<string, Turn>();
  readonly #config: PickingConfig;
  readonly #playbookFor: PlaybookFor;
  /** When the last in line is due, epoch ms. */
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(config: PickingConfig, playbookFor: PlaybookFor) {
    this.#config = config;
    this.#playbookFor = playbookFor;
  }

  /** Takes back a state that it saved. */
  restore(key: string, value: object): void {
    const id = key.slice(key.indexOf(':') + 1);
    if (key.startsWith('sku:')) this.#articles.set(id, value as Article);
    else this.#line(id, value as Turn);
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

  /** Puts an order that is wholly in batches in line: `packEveryMs` after the one before, less where many wait. */
  queue(order: OrderState, siteId: string, at: number, effects: Effects): void {
    const { packEveryMs, packWithinMs, batchValidMs } = this.#config;
    const everyMs = Math.min(packEveryMs, Math.floor(packWithinMs / (this.#turns.size + 1)));
    const dueAt = this.#turns.size === 0 ? at : Math.max(at, this.#lastAt + everyMs);
    const turn: Turn = { siteId, dueAt, validUntil: at + batchValidMs };
    this.#line(order.orderId, turn);
    effects.save(`pack:${order.orderId}`, turn, dueAt);
  }

  /** The turn of an order has come. True when the order is to be saved. */
  due(order: OrderState | undefined, orderId: string, at: number, effects: Effects): boolean {
    const turn = this.#turns.get(orderId);
    this.#turns.delete(orderId);
    effects.drop(`pack:${orderId}`);
    // It was cancelled, or part of it waits again: then its turn comes anew.
    if (turn === undefined || order === undefined || restOf(order).length > 0) return false;
    return this.#pack(order, turn, at, effects);
  }

  #line(orderId: string, turn: Turn): void {
    if (this.#turns.size === 0) this.#lastAt = turn.dueAt;
    this.#turns.set(orderId, turn);
    this.#lastAt = Math.max(this.#lastAt, turn.dueAt);
  }

  /** Commands the cartons of an order, or says why there are none. Leaves it alone where an article is not known. */
  #pack(order: OrderState, { siteId, validUntil }: Turn, at: number, effects: Effects): boolean {
    const items: PackItem[] = [];
    for (const { lineId, skuId, quantity } of order.lines) {
      const article = this.#articles.get(skuId);
      if (article === undefined || !Number.isInteger(quantity)) {
        effects.note('packed-by-hand');
        return false;
      }
      items.push({ ...article, lineId, quantity });
    }
    const playbook = this.#playbookFor(membershipsOf('order', order.standings));
    const wishes = wishesOf(playbook?.do['packing']);
    const hours = hoursToLast(at, order.promisedAt);
    const packed = packOrder(items, hours, this.#config.packing, wishes);
    const target = { entityType: 'order', entityId: order.orderId };
    const cause = order.laneCause!;
    order.told += 1;
    const before = order.packAction;
    order.packAction = effects.act({
      ...{ target, siteId, cause, playbook, validUntil, n: `pack-${order.told}` },
      ...commandOf(packed, items, hours, wishes),
      ...(before === null ? {} : { supersedes: before }),
    });
    effects.note('unpackable' in packed ? 'unpackable' : packed.controlled.length > 0 ? 'packed-controlled' : 'packed');
    return true;
  }
}

/** A playbook's group `packing`, whose types the model's check has judged. */
function wishesOf(group: unknown): PackWishes {
  return typeof group === 'object' && group !== null ? group : {};
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

function commandOf(packed: PackedOrder, items: readonly PackItem[], hours: number, wishes: PackWishes): Command {
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
  if ('unpackable' in packed) {
    const { lineId, limit, advice } = packed.unpackable;
    const because = `line ${lineId} goes into no carton: ${limit}; ${advice}`;
    return { type: 'unpackable', because, details: { lineId, limit, advice, units }, alternatives: [] };
  }
  const { cartons, controlled } = packed;
  const sum = (of: (carton: PackedCarton) => number) => cartons.reduce((total, carton) => total + of(carton), 0);
  const kinds = (kind: PackedCarton['kind']) => sum((carton) => Number(carton.kind === kind));
  const alternatives: Alternative[] = [
    ...packed.dropped.map(({ what, why, value, unit }) => ({ what, rejectedBecause: why, value, unit })),
    ...cartons.flatMap(({ rejected }, n) =>
      rejected.map(({ typeId, why, value, unit }) => {
        return { what: `${typeId} as carton ${n + 1}`, rejectedBecause: why, value, unit };
      }),
    ),
  ];
  const ranges = controlled.map(({ minC, maxC }) => rangeText(minC, maxC)).join(', ');
  const service = ranges === '' ? '' : `; it needs a service that holds ${ranges}, for coolant lasts ${packed.hours} h`;
  return {
    type: 'pack',
    because: `${units} unit(s) go into ${cartons.map(({ typeId }) => typeId).join(' + ')}: ${[...new Set(cartons.map(({ because }) => because))].join('; ')}${service}`,
    details: {
      cartons: cartons.length,
      units,
      weightG: sum(({ weightG }) => weightG),
      billableG: sum(({ billableG }) => billableG),
      coolantG: sum(({ coolant }) => coolant.grams),
      hoursToDelivery: hours,
      needsControlledService: controlled.length > 0,
      ...(controlled.length > 0 ? { controlledRange: ranges, coolantHours: packed.hours } : {}),
      ...(kinds('own-packaging') > 0 ? { inOwnPackaging: kinds('own-packaging') } : {}),
      ...(kinds('pallet') > 0 ? { pallets: kinds('pallet') } : {}),
      ...(wishes.liner !== undefined && sum(({ isLined }) => Number(isLined)) > 0 ? { liner: wishes.liner } : {}),
    },
    cartons: cartons.map(recordOf),
    alternatives,
    undo: { type: 'unpack', details: { cartons: cartons.length } },
  };
}

function rangeText(minC: number, maxC: number): string {
  if (minC === -Infinity) return `at most ${maxC} °C`;
  return maxC === Infinity ? `at least ${minC} °C` : `${minC} to ${maxC} °C`;
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
