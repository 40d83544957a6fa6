import { hoursToLast } from '@detent/core';
import {
  type ActionDraft,
  type Alternative,
  membershipsOf,
  type PlaybookChoice,
  type PlaybookFor,
  type StatusNews,
} from '@detent/pipeline';
import type { Action, ActionCarton, SkuDescribed } from '@detent/schemas';
import { callPeople, endCall } from '../calls.ts';
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

  /**
   * A `pack` that failed or was rejected: where cartons have run out, the order is packed anew without them; else, or where
   * others would not do, people are called. True when the order is to be saved.
   */
  refused(order: OrderState, action: Action, news: StatusNews, effects: Effects): boolean {
    // It was told anew since, or is about to be.
    if (order.packAction !== action.actionId || this.#turns.has(order.orderId)) return false;
    const types = this.#config.packing.cartons.map(({ typeId }) => typeId);
    const used = (action.cartons ?? []).map(({ typeId }) => typeId).filter((typeId) => types.includes(typeId));
    const ranOut = ranOutBy(news.reason ?? '', used);
    let so = 'somebody must decide what becomes of it';
    if (ranOut.length > 0) {
      order.ranOut = [...new Set([...(order.ranOut ?? []), ...ranOut])];
      const plan = this.#plan(order, news.at);
      const without = `without ${order.ranOut.join(', ')}`;
      if (plan === null) so = 'its articles are not all described any more';
      else if ('unpackable' in plan.packed) so = `${without} it goes into no carton: ${plan.packed.unpackable.limit}`;
      else if (plan.packed.controlled.length > 0 && action.details['needsControlledService'] !== true)
        so = `${without} it needs a service of its temperature, and its carrier was chosen without`;
      else {
        effects.note('packed-anew');
        this.#command(order, plan, action.siteId ?? null, news.at + this.#config.batchValidMs, effects);
        return true;
      }
    }
    callPeople(order, action, news, so, this.#playbookFor, effects);
    return true;
  }

  /** Commands the cartons of an order, or says why there are none. Leaves it alone where an article is not known. */
  #pack(order: OrderState, { siteId, validUntil }: Turn, at: number, effects: Effects): boolean {
    const plan = this.#plan(order, at);
    if (plan === null) {
      effects.note('packed-by-hand');
      return false;
    }
    this.#command(order, plan, siteId, validUntil, effects);
    const { packed } = plan;
    effects.note('unpackable' in packed ? 'unpackable' : packed.controlled.length > 0 ? 'packed-controlled' : 'packed');
    return true;
  }

  /** How an order would be packed at an instant, without the cartons that have run out; null where an article is not known. */
  #plan(order: OrderState, at: number): Plan | null {
    const items: PackItem[] = [];
    for (const { lineId, skuId, quantity } of order.lines) {
      const article = this.#articles.get(skuId);
      if (article === undefined || !Number.isInteger(quantity)) return null;
      items.push({ ...article, lineId, quantity });
    }
    const { packing } = this.#config;
    const rules =
      order.ranOut === undefined
        ? packing
        : { ...packing, cartons: packing.cartons.filter(({ typeId }) => !order.ranOut!.includes(typeId)) };
    const playbook = this.#playbookFor(membershipsOf('order', order.standings));
    const wishes = wishesOf(playbook?.do['packing']);
    const hours = hoursToLast(at, order.promisedAt);
    return { packed: packOrder(items, hours, rules, wishes), items, hours, wishes, playbook };
  }

  #command(order: OrderState, plan: Plan, siteId: string | null, validUntil: number, effects: Effects): void {
    const { packed, items, hours, wishes, playbook } = plan;
    endCall(order, 'the order is packed anew', effects);
    order.told += 1;
    const before = order.packAction;
    const { because, details, ...command } = commandOf(packed, items, hours, wishes);
    const ranOut = order.ranOut?.join(', ');
    order.packAction = effects.act({
      ...{ target: { entityType: 'order', entityId: order.orderId }, siteId, cause: order.laneCause!, playbook },
      ...{ validUntil, n: `pack-${order.told}`, ...command },
      because: ranOut === undefined ? because : `${because}; ${ranOut} had run out`,
      details: ranOut === undefined ? details : { ...details, ranOut },
      ...(before === null ? {} : { supersedes: before }),
    });
  }
}

/** How an order would be packed, and by what. */
interface Plan {
  packed: PackedOrder;
  items: readonly PackItem[];
  hours: number;
  wishes: PackWishes;
  playbook: PlaybookChoice | undefined;
}

/**
 * Types of the cartons used that have run out by the reason that was given: those that it names; where it speaks of a carton
 * and names none, all of them; none where it speaks of something else.
 */
function ranOutBy(reason: string, used: readonly string[]): readonly string[] {
  const words = reason.split(/[^\p{L}\p{N}-]+/u);
  const named = used.filter((typeId) => words.includes(typeId));
  return named.length > 0 || !/\bcartons?\b/i.test(reason) ? named : used;
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
  const { inside, outer, dunnage, coolant } = carton;
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
    outerLengthMm: outer.l,
    outerWidthMm: outer.w,
    outerHeightMm: outer.h,
  };
}
