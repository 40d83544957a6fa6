import type { Effects } from '@detent/pipeline';
import { FreightPredictor, type FreightQuote, type FreightSettings, type FreightShipment } from '../freight/index.ts';
import type { Consignment } from '../goods/consignment.ts';

/** What goods came to, as learnt from, with what was known when they were sent. */
export interface Invoice {
  /** Number of it, from 0 without gaps. */
  n: number;
  shipment: FreightShipment;
  /** In the currency of comparison. */
  cost: number;
}

/** What freight is expected to come to, all in the currency of comparison. */
export interface Expected {
  cost: number;
  /** Four of five invoices lie between these. */
  low: number;
  high: number;
}

/** Who carries goods. */
export interface Sender {
  carrierId: string;
  serviceId: string;
  mode: string;
}

/** What is known of an order, whatever it holds. */
interface Sized {
  destination: { country: string };
  lines: readonly { quantity: number }[];
  promisedAt: number;
}

/** What is sent, beside its weight. */
export interface SendingSize {
  country: string;
  /** Units in it, and lines. */
  quantity: number;
  lines: number;
  /** When it is promised, epoch ms. */
  dueAt: number;
}

export function sizeOf({ destination, lines, promisedAt }: Sized): SendingSize {
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  return { country: destination.country, quantity, lines: lines.length, dueAt: promisedAt };
}

/** Goods on a lane as predictions see them: before packing, so that what is learnt and what is asked are alike. A weight that had
 * to be assumed is not one. */
export function sendingOf(
  { netG, assumed }: Consignment,
  { country, quantity, lines, dueAt }: SendingSize,
  { carrierId, serviceId, mode }: Sender,
  laneId: string,
): FreightShipment {
  const labels = { service: `${carrierId}/${serviceId}`, lane: laneId, mode, country };
  return { dueAt, weightKg: assumed ? null : netG / 1000, value: 0, quantity, lines, labels };
}

/** A service may be offered without a tariff once so many of its own invoices are known. */
const LEAST_OWN = 20;
/** Invoices that a prediction rests on, at most, and after how many new ones it is made anew. */
const WINDOW = 750;
const EVERY = 250;

const settings: FreightSettings = {
  labels: [['service'], ['lane'], ['service', 'lane'], ['mode'], ['country']],
  intervalBy: 'mode',
  share: 0.8,
  // One forest a fit, so that a step stays short; the last 250 are then estimated before they are learnt from.
  every: Number.POSITIVE_INFINITY,
  least: WINDOW - EVERY,
  shrink: 5,
  trees: { trees: 24, depth: 4, rate: 0.2, leastInLeaf: 12, bins: 32 },
};

/**
 * Learns from invoices what freight comes to. It is fitted anew on the last `WINDOW` of them after each `EVERY`, at numbers
 * of invoices that are the same on every replay and after every restart; between these it stays as it is. The intervals
 * rest on estimates made, within the window, before their outcome was known.
 */
export class Costing {
  /** By number modulo the size of the ring. */
  readonly #ring: (Invoice | undefined)[] = [];
  #count = 0;
  #fitted: FreightPredictor | undefined;
  readonly #own = new Map<string, number>();

  restore(invoice: Invoice): void {
    this.#ring[invoice.n % (WINDOW + EVERY)] = invoice;
    this.#count = Math.max(this.#count, invoice.n + 1);
  }

  restored(): void {
    this.#fit();
  }

  /** Takes what a shipment has cost, which must be above 0, in the currency of comparison. */
  learn(shipment: FreightShipment, cost: number, effects: Effects): void {
    const n = this.#count;
    const slot = n % (WINDOW + EVERY);
    const invoice = { n, shipment, cost };
    this.#ring[slot] = invoice;
    this.#count += 1;
    effects.save(`invoice:${slot}`, invoice);
    if (this.#count % EVERY === 0) this.#fit();
  }

  /** Undefined while too little is known: of all, or of this very service (label `service`). */
  expect(shipment: FreightShipment): Expected | undefined {
    if ((this.#own.get(shipment.labels['service'] ?? '') ?? 0) < LEAST_OWN) return undefined;
    const quote: FreightQuote | undefined = this.#fitted?.quote(shipment);
    if (!quote || quote.low === null || quote.high === null) return undefined;
    return { cost: quote.cost, low: quote.low, high: quote.high };
  }

  #fit(): void {
    const end = this.#count - (this.#count % EVERY);
    const start = Math.max(0, end - WINDOW);
    if (end === 0) return;
    const predictor = new FreightPredictor(settings);
    this.#own.clear();
    for (let n = start; n < end; n += 1) {
      const { shipment, cost } = this.#ring[n % (WINDOW + EVERY)]!;
      predictor.learn(shipment, cost, predictor.quote(shipment));
      const service = shipment.labels['service'] ?? '';
      this.#own.set(service, (this.#own.get(service) ?? 0) + 1);
    }
    this.#fitted = predictor;
  }
}
