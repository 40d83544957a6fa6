import type { Cause, Effects } from '@detent/pipeline';
import { leastOf } from '../book/index-of.ts';
import type { OrderState, SweepState } from '../book/states.ts';
import type { Desk } from '../offers/desk.ts';
import type { Settling } from '../settling/settling.ts';

type Place = NonNullable<SweepState['after']>;

type Entity = Pick<Cause, 'entityType' | 'entityId'>;

/** An order by itself, or those of a load that are concerned: a load is looked at as a whole. */
interface Unit extends Place {
  orders: OrderState[];
  /** Orders that looking at it takes. */
  looks: number;
}

/**
 * Looks again at all orders that a change of a carrier, a lane or a lot bears on: those that have a carrier and those that
 * are held for a load, the next to be handed over first. So many at once and the rest from second to second, for there may
 * be thousands.
 */
export class Sweeping {
  readonly #desk: Desk;
  readonly #settling: Settling;

  constructor(desk: Desk, settling: Settling) {
    this.#desk = desk;
    this.#settling = settling;
  }

  /**
   * Begins with the first orders, in place of what is under way for the same carrier, lane or lot; what that had of a breach
   * (see `Assigning.reconsider`) it takes over.
   */
  begin(cause: Cause, isBreach: boolean, at: number, effects: Effects): void {
    const known = this.#desk.book.sweeps.get(keyOf(cause));
    this.#step({ cause, isBreach: isBreach || known?.isBreach === true, after: null }, at, effects);
  }

  /** What is under way for it is moot. */
  end(entity: Entity, effects: Effects): void {
    const of = keyOf(entity);
    if (this.#desk.book.sweeps.delete(of)) effects.drop(`sweep:${of}`);
  }

  /** `of`: `carrier`, `lane` or `lot`, a colon and its id. */
  due(of: string, at: number, effects: Effects): void {
    const sweep = this.#desk.book.sweeps.get(of);
    if (sweep) this.#step(sweep, at, effects);
  }

  #step({ cause, isBreach, after }: SweepState, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const most = config.reconsiderMost;
    const next = leastOf(this.#unitsAfter(after, cause, at), most, inOrder);
    const units = startOf(next, most);
    // Nothing may depend on how an index has them.
    const orders = units.flatMap((unit) => unit.orders.sort((a, b) => (a.orderId < b.orderId ? -1 : 1)));
    this.#look(orders, { cause, isBreach }, at, effects);
    if (units.length === next.length && next.length < most) {
      this.end(cause, effects);
      return;
    }
    const { handoverBy, orderId } = units.at(-1)!;
    const rest = { cause, isBreach, after: { handoverBy, orderId } };
    book.sweeps.set(keyOf(cause), rest);
    effects.save(`sweep:${keyOf(cause)}`, rest, at + config.reconsiderPauseMs);
    effects.note('reconsiders-in-parts');
  }

  #look(
    orders: readonly OrderState[],
    { cause, isBreach }: Pick<SweepState, 'cause' | 'isBreach'>,
    at: number,
    effects: Effects,
  ): void {
    const given = orders.filter(({ assignment }) => assignment !== null);
    // One that is settled may take others that are held along.
    for (const order of orders) if (order.hold !== null) this.#settling.settle(order, at, effects);
    this.#settling.reconsider(given, cause, at, effects, isBreach);
  }

  #unitsAfter(after: Place | null, cause: Cause, at: number): Iterable<Unit> {
    const { book } = this.#desk;
    const units = new Map<string, Unit>();
    for (const orderId of this.#concernedBy(cause)) {
      const order = book.orders.get(orderId)!;
      const place = placeOf(order, at);
      if (place === undefined || (after !== null && inOrder(place, after) <= 0)) continue;
      const unit = units.get(place.orderId);
      if (unit) unit.orders.push(order);
      else units.set(place.orderId, { ...place, orders: [order], looks: book.loads.size(place.orderId) || 1 });
    }
    return units.values();
  }

  #concernedBy({ entityType, entityId }: Cause): Iterable<string> {
    const { assignedTo, assignedOn, ordersOfLot } = this.#desk.book;
    if (entityType === 'lot') return ordersOfLot.unsorted(entityId);
    return (entityType === 'carrier' ? assignedTo : assignedOn).unsorted(entityId);
  }
}

/** The first of them that take so many looks together; one at least, however large it is. */
function startOf(units: readonly Unit[], most: number): readonly Unit[] {
  let looks = 0;
  const beyond = units.findIndex((unit, i) => {
    looks += unit.looks;
    return i > 0 && looks > most;
  });
  return beyond < 0 ? units : units.slice(0, beyond);
}

function keyOf({ entityType, entityId }: Entity): string {
  return `${entityType}:${entityId}`;
}

/**
 * When an order is looked at; undefined: not at all. One that is held by when it could first be handed over, which stays
 * when it is held anew.
 */
function placeOf({ orderId, assignment, hold, readyAt }: OrderState, at: number): Place | undefined {
  if (assignment === null) return hold === null ? undefined : { handoverBy: readyAt!, orderId };
  const { departAt, handoverBy, load } = assignment;
  return departAt > at ? { handoverBy, orderId: load ?? orderId } : undefined;
}

function inOrder(a: Place, b: Place): number {
  return a.handoverBy - b.handoverBy || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0);
}
