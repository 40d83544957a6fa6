/**
 * A dimension's state: a slice of an entity's Float64Array, relative to its base. Everything starts at 0, and what is not
 * in use goes back to 0, so that a stored state is short. Segments stand as index + 1, which leaves 0 for "none".
 *
 *     header | statistics, 7 words per clause and switch cost | per segment: bank, 3 words; ladder; histories of confirm |
 *     moves
 */
/**
 * Raise it when a word changes its meaning: states of another form keep their segment and gather anew. 2 brought
 * ladders, pins and flap budgets.
 */
export const STATE_FORM = 2;

export const CURRENT = 0;
/** When the current segment was entered. */
export const SINCE = 1;
export const HELD_FLIPS = 2;
/** Where the plain conditions last pointed. */
export const RAW = 3;
/** Where hysteresis points while that is elsewhere than `CURRENT`, and since when. */
export const TARGET = 4;
export const TARGET_SINCE = 5;
/** Bits: the clock of enterAfter runs; that of leaveAfter; the move does not earn its cost. */
export const CLOCKS = 6;
export const ENTER_FROM = 7;
export const LEAVE_FROM = 8;
/** No move but a bypass before this instant. */
export const COOLDOWN_UNTIL = 9;
/** What made `TARGET` the target. */
export const CAUSE_KIND = 10;
export const CAUSE_SEGMENT = 11;
export const CAUSE_DECIDER = 12;
export const CAUSE_EVIDENCE = 13;
export const CAUSE_PRICE = 14;
export const CAUSE_SINCE = 15;
export const CAUSE_NOISE = 16;
/** Where a person has pinned the entity, and until when. */
export const PINNED = 17;
export const PINNED_UNTIL = 18;
export const HEADER_WORDS = 19;

export const CLOCK_ENTER = 1;
export const CLOCK_LEAVE = 2;
export const UNEARNED = 4;

/** Words of a bank: its side, the votes against it, and when they began to gather. */
export const SIDE = 0;
export const EVIDENCE = 1;
export const EVIDENCE_SINCE = 2;
export const BANK_WORDS = 3;

/** Words about moves, where there is a flap budget: last flip of the plain conditions, quarantine, instants of moves. */
export const FLIPPED_AT = 0;
export const QUARANTINED_AT = 1;
export const MOVED_AT = 2;

export const UNKNOWN = 0;
export const OUT = 1;
export const IN = 2;

/** How a bank flipped; 0 for not at all. */
export const FLIP_GATE = 1;
export const FLIP_BAND = 2;
export const FLIP_EVIDENCE = 3;
export const FLIP_MISSING = 4;

/** A decider is 0 for nothing, clause + 1, or −(gate + 1). */
export const NO_DECIDER = 0;
