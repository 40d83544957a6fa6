/** Goods that go from a place to another. */
export interface PlaceMove<Id extends string | number> {
  from: Id;
  to: Id;
}

/** A step of a plan. `index`: which of the moves given it serves. */
export interface Step<Id extends string | number> extends PlaceMove<Id> {
  index: number;
  /** Its goods wait at a place that is not theirs until the next step of the same index. */
  isDetour: boolean;
}

/**
 * Puts moves into an order in which every target is empty when its goods come: a chain begins at its empty end, and of a
 * cycle one goes first to a free place, which is free again when the cycle has closed. `mayWait(index, place)` says
 * whether the goods of a move may lie at a free place meanwhile. Moves that no order serves (a target that stays full, a
 * cycle without a place to wait) are given back as `stuck`.
 *
 * @param isFull whether anything lies at a place before the first step.
 * @throws RangeError when two moves begin or end at the same place.
 */
export function orderMoves<Id extends string | number>(
  moves: readonly PlaceMove<Id>[],
  isFull: (place: Id) => boolean,
  freePlaces: readonly Id[],
  mayWait: (index: number, place: Id) => boolean = () => true,
): { steps: Step<Id>[]; stuck: number[] } {
  const leaving = new Map<Id, number>();
  const coming = new Map<Id, number>();
  moves.forEach(({ from, to }, index) => {
    if (leaving.has(from) || coming.has(to)) throw new RangeError(`two moves begin at ${from} or end at ${to}`);
    leaving.set(from, index);
    coming.set(to, index);
  });
  const steps: Step<Id>[] = [];
  const done = new Set<number>();
  const stuck: number[] = [];
  /** Steps backwards along a chain: its end is free, so is then the place that its goods left. */
  const backwards = (last: number): void => {
    for (let index: number | undefined = last; index !== undefined && !done.has(index); ) {
      const { from, to } = moves[index]!;
      steps.push({ index, from, to, isDetour: false });
      done.add(index);
      index = coming.get(from);
    }
  };
  const giveUp = (last: number): void => {
    for (let index: number | undefined = last; index !== undefined && !done.has(index); ) {
      done.add(index);
      stuck.push(index);
      index = coming.get(moves[index]!.from);
    }
  };
  moves.forEach(({ to }, index) => {
    if (done.has(index) || leaving.has(to)) return;
    if (isFull(to)) giveUp(index);
    else backwards(index);
  });
  // What is left are cycles. Places that a chain has left may serve them as well.
  const left = steps.map(({ from }) => from).filter((place) => !coming.has(place));
  const free = [...freePlaces.filter((place) => !isFull(place) && !coming.has(place)), ...left];
  moves.forEach((_, index) => {
    if (done.has(index)) return;
    const cycle = cycleOf(index);
    const first = cycle.find((member) => free.some((place) => mayWait(member, place)));
    if (first === undefined) {
      giveUp(index);
      return;
    }
    const { from, to } = moves[first]!;
    const place = free.find((waiting) => mayWait(first, waiting))!;
    steps.push({ index: first, from, to: place, isDetour: true });
    done.add(first);
    const before = coming.get(from);
    if (before !== undefined) backwards(before);
    steps.push({ index: first, from: place, to, isDetour: false });
  });
  return { steps, stuck: stuck.sort((a, b) => a - b) };

  function cycleOf(index: number): number[] {
    const cycle = [index];
    for (let next = leaving.get(moves[index]!.to); next !== index && next !== undefined; ) {
      cycle.push(next);
      next = leaving.get(moves[next]!.to);
    }
    return cycle;
  }
}
