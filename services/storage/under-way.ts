import type { TransferState } from './book/index.ts';
import type { Desk } from './desk.ts';
import type { Effects } from './metrics.ts';
import type { PuttingAway } from './putaway/index.ts';

/** What becomes of moves and putaways that were commanded: they arrive, or will not be done. */
export class UnderWay {
  readonly #desk: Desk;
  readonly #puttingAway: PuttingAway;

  constructor(desk: Desk, puttingAway: PuttingAway) {
    this.#desk = desk;
    this.#puttingAway = puttingAway;
  }

  /** Units were taken up from a place to be moved: those of the transfers that begin there; those of the same lot first. */
  departed(locationId: string, skuId: string, lotId: string | null, units: number, effects: Effects): void {
    const { transfers } = this.#desk.book;
    const leaving = transfers.at(locationId).filter(({ from, skuId: of }) => from === locationId && of === skuId);
    let left = units;
    for (const transfer of byLot(leaving, lotId)) {
      const taken = Math.min(left, transfer.units - (transfer.taken ?? 0));
      if (taken <= 0) continue;
      left -= taken;
      transfer.taken = (transfer.taken ?? 0) + taken;
      transfers.put(transfer, effects);
    }
  }

  /**
   * Units came to a place: they are those of the transfers that lead there, as far as they go; those of the same lot first,
   * of these those that were taken up. Returns the units that nothing brought.
   */
  arrived(locationId: string, skuId: string, lotId: string | null, units: number, effects: Effects): number {
    const { transfers } = this.#desk.book;
    const coming = transfers.at(locationId).filter(({ to, skuId: of }) => to === locationId && of === skuId);
    coming.sort((a, b) => Number((b.taken ?? 0) > 0) - Number((a.taken ?? 0) > 0));
    let left = units;
    for (const transfer of byLot(coming, lotId)) {
      if (left <= 0) break;
      // Of a putaway only its lot arrives.
      if (transfer.arrivalId !== undefined && lotId !== null && !isOfLot(transfer, lotId)) continue;
      const done = Math.min(left, transfer.units);
      left -= done;
      transfer.units -= done;
      if (transfer.taken !== undefined) transfer.taken = Math.max(0, transfer.taken - done);
      if (transfer.units > 0) {
        if (transfer.lots) transfer.lots = lessBy(transfer.lots, done, lotId);
        transfers.put(transfer, effects);
        continue;
      }
      transfers.drop(transfer, effects);
      if (transfers.of(transfer.actionId).length === 0) {
        effects.note(transfer.arrivalId === undefined ? 'move-done' : 'putaway-done');
        effects.done(transfer.actionId);
      }
      this.#puttingAway.arrived(transfer, effects);
    }
    return left;
  }

  /**
   * An action will not be done: it gives its room back, and what needs it to be done before is taken back with it. Returns
   * the site where room is free again; undefined where nothing was under way.
   */
  gaveUp(actionId: string, how: 'failed' | 'rejected' | 'expired', at: number, effects: Effects): string | undefined {
    const { transfers } = this.#desk.book;
    const given = transfers.of(actionId);
    const [first] = given;
    if (first === undefined) return undefined;
    for (const transfer of given) transfers.drop(transfer, effects);
    const what = first.arrivalId === undefined ? 'move' : 'putaway';
    effects.note(how === 'expired' ? `${what}-expired` : `${what}-failed`);
    // What runs out does so for all steps of a night at once.
    if (how !== 'expired') this.#withdrawAfter(actionId, effects);
    this.#puttingAway.gaveUp(given, how !== 'expired', at, effects);
    return first.siteId;
  }

  /** An action is not wanted any more: what it was to put away goes to other places, and what needs a move is taken back with it. */
  takenBack(actionId: string, because: string, at: number, effects: Effects): void {
    const { transfers } = this.#desk.book;
    const given = transfers.of(actionId);
    const [first] = given;
    // Another of its tasks may have taken it with it.
    if (first === undefined) return;
    for (const transfer of given) transfers.drop(transfer, effects);
    effects.note(first.arrivalId === undefined ? 'move-withdrawn' : 'putaway-withdrawn');
    this.#withdrawAfter(actionId, effects);
    // Whoever has it hears so from the command that replaces it; where none does, from its withdrawal.
    this.#puttingAway.gaveUp(given, false, at, effects);
    effects.withdraw(actionId, because);
  }

  /** The entity that actions were for is no more; they are taken back by the pipeline. */
  ended(transfers: readonly TransferState[], effects: Effects): void {
    for (const transfer of transfers) {
      this.#desk.book.transfers.drop(transfer, effects);
      this.#withdrawAfter(transfer.actionId, effects);
    }
  }

  #withdrawAfter(actionId: string, effects: Effects): void {
    const { transfers } = this.#desk.book;
    for (const later of transfers.waitingFor(actionId)) {
      // Another step may have taken it with it.
      if (transfers.get(later.id) === undefined) continue;
      transfers.drop(later, effects);
      effects.withdraw(later.actionId, `the step before it, ${actionId}, was not done`);
      effects.note('move-withdrawn');
      this.#withdrawAfter(later.actionId, effects);
    }
  }
}

function isOfLot({ lots }: TransferState, lotId: string | null): boolean {
  return lotId !== null && (lots ?? []).some((lot) => lot.lotId === lotId);
}

/** Those of a lot before the others, each in their order. */
function byLot(transfers: readonly TransferState[], lotId: string | null): TransferState[] {
  const others = transfers.filter((transfer) => !isOfLot(transfer, lotId));
  return [...transfers.filter((transfer) => isOfLot(transfer, lotId)), ...others];
}

function lessBy(lots: readonly { lotId: string; units: number }[], units: number, lotId: string | null) {
  let left = units;
  const order = [...lots].sort((a, b) => Number(b.lotId === lotId) - Number(a.lotId === lotId));
  const less = new Map<string, number>();
  for (const lot of order) {
    const taken = Math.min(left, lot.units);
    less.set(lot.lotId, taken);
    left -= taken;
  }
  return lots
    .map((lot) => ({ lotId: lot.lotId, units: lot.units - less.get(lot.lotId)! }))
    .filter(({ units: of }) => of > 0);
}
