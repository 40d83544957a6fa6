import type { Rates } from '../config.ts';

/** Deliveries of a carrier on one lane, older ones counting less. */
export interface LaneRecord {
  deliveries: number;
  late: number;
  damaged: number;
}

/** So many deliveries of evidence count as much as what is presumed. */
const SHRINK = 20;
/** Share of what was that each delivery leaves: the last 500 or so count. */
const KEEP = 1 - 1 / 500;

/**
 * How carriers kept promises and goods, by lane, as outcomes told. A lane's rate is drawn towards its carrier's, and the
 * carrier's towards a presumed one, by how little was seen.
 */
export class TrackRecords {
  readonly #lanes = new Map<string, Map<string, LaneRecord>>();

  /** Counts a delivery, or a damage of one counted before; returns the record as it is now. */
  add(carrierId: string, laneId: string, of: 'on-time' | 'late' | 'damaged'): LaneRecord {
    const record = this.#lanes.get(carrierId)?.get(laneId) ?? { deliveries: 0, late: 0, damaged: 0 };
    if (of === 'damaged') {
      record.damaged += 1;
    } else {
      record.deliveries = record.deliveries * KEEP + 1;
      record.late = record.late * KEEP + (of === 'late' ? 1 : 0);
      record.damaged *= KEEP;
    }
    this.put(carrierId, laneId, record);
    return record;
  }

  put(carrierId: string, laneId: string, record: LaneRecord): void {
    const lanes = new Map(this.#lanes.get(carrierId)).set(laneId, record);
    // By lane, so that sums do not depend on which was heard of first.
    this.#lanes.set(carrierId, new Map([...lanes].sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  ratesOf(carrierId: string, laneId: string, presumed: Rates): Rates {
    const lanes = this.#lanes.get(carrierId);
    if (lanes === undefined) return presumed;
    let deliveries = 0;
    let late = 0;
    let damaged = 0;
    for (const record of lanes.values()) {
      deliveries += record.deliveries;
      late += record.late;
      damaged += record.damaged;
    }
    const ofCarrier = {
      late: shrunk(late, deliveries, presumed.late),
      damaged: shrunk(damaged, deliveries, presumed.damaged),
    };
    const own = lanes.get(laneId);
    if (own === undefined) return ofCarrier;
    return {
      late: shrunk(own.late, own.deliveries, ofCarrier.late),
      damaged: shrunk(own.damaged, own.deliveries, ofCarrier.damaged),
    };
  }
}

function shrunk(hits: number, trials: number, towards: number): number {
  return Math.min(1, (hits + SHRINK * towards) / (trials + SHRINK));
}
