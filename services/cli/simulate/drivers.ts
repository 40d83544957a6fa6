import type { Action } from '@detent/schemas';
import type { Location } from './places.ts';
import type { Random } from './random.ts';
import { MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import type { Holding, Lot, StockPlace } from './stock-book.ts';
import { stockMove } from './stock-records.ts';

/** What the drivers were told, by whoever commands them. Times are epoch ms; what is told must not hang on when it is asked. */
export interface Commands {
  /** Moves and putaways that are finished at `until`, each once, in the order in which they are. */
  finished(until: number): Action[];
  /** Whether somebody is about to put a lot away at `at`. */
  isUnderWay(lotId: string, at: number): boolean;
}

/** A lot that stands at a dock. */
interface Arrival {
  place: StockPlace;
  lot: Lot;
  dock: Location;
  units: number;
  done: () => void;
}

const ROUND_MS = 5 * MINUTE_MS;
const AGAIN_MS = 30 * MINUTE_MS;

/** They carry out what is commanded, and put away by habit what stands at a dock and nobody commands. */
export class Drivers {
  readonly #run: Run;
  readonly #random: Random;
  readonly #commands: Commands | undefined;
  readonly #locations: ReadonlyMap<string, Location>;
  readonly #arrivals = new Map<string, Arrival>();

  constructor(run: Run, commands?: Commands) {
    this.#run = run;
    this.#random = run.random.fork('drivers');
    this.#commands = commands;
    this.#locations = new Map(
      run.world.sites.flatMap(({ locations }) => locations).map((location) => [location.locationId, location]),
    );
  }

  start(): void {
    if (this.#commands === undefined) return;
    this.#run.agenda.every(this.#run.start + ROUND_MS, ROUND_MS, (at) => {
      for (const action of this.#commands!.finished(at)) this.#carry(action, at);
    });
  }

  /** A dock of the place's site. */
  dockFor({ site }: StockPlace): Location {
    return this.#random.pick(site.locations.filter(({ zone }) => zone.kind === 'dock'));
  }

  /** A lot was unloaded. `done` is called when all of it is away from the dock. */
  unload(arrival: Arrival, at: number): void {
    const { place, lot, dock, units } = arrival;
    this.#arrivals.set(lot.lotId, arrival);
    this.#tell(place, { location: dock, quantity: units, lot }, units, 'receipt', at);
    this.#byHabit(arrival, at + this.#random.between(75, 150) * MINUTE_MS);
  }

  /** As the people of this warehouse always did: to where the article is picked from. */
  #byHabit(arrival: Arrival, at: number): void {
    const { place, lot } = arrival;
    this.#run.agenda.at(clockOf(this.#run, place.site.siteId).nextInShift(at), (now) => {
      if (arrival.units <= 0) return;
      if (this.#commands?.isUnderWay(lot.lotId, now)) this.#byHabit(arrival, now + AGAIN_MS);
      else this.#putAway(arrival, place.location, arrival.units, now);
    });
  }

  #carry({ actionId, siteId, tasks }: Action, at: number): void {
    for (const { skuId, lotId, quantity, fromLocationId, toLocationId } of tasks ?? []) {
      const place = this.#run.world.stock.find(siteId ?? '', skuId ?? '');
      const to = this.#locations.get(toLocationId ?? '');
      const arrival = this.#arrivals.get(lotId ?? '');
      if (place === undefined || to === undefined || quantity == null) continue;
      if (arrival !== undefined && arrival.dock.locationId === fromLocationId)
        this.#putAway(arrival, to, Math.min(quantity, arrival.units), at, actionId);
      else if (fromLocationId != null)
        this.#move(place, fromLocationId, to, { quantity, at, actionId, ...(lotId != null && { lotId }) });
    }
  }

  #putAway(arrival: Arrival, to: Location, units: number, at: number, actionId?: string): void {
    const { place, lot, dock } = arrival;
    if (units <= 0) return;
    arrival.units -= units;
    this.#tell(place, { location: dock, quantity: units, lot }, -units, 'move', at);
    const put = { location: to, quantity: units, lot };
    this.#run.world.stock.put(place, put);
    this.#tell(place, put, units, 'move', at);
    this.#tellTask('putaway', place, to, units, at, actionId);
    if (arrival.units > 0) return;
    this.#arrivals.delete(lot.lotId);
    arrival.done();
  }

  #move(
    place: StockPlace,
    from: string,
    to: Location,
    { quantity, at, actionId, lotId }: { quantity: number; at: number; actionId: string; lotId?: string },
  ): void {
    for (const moved of this.#run.world.stock.move(place, from, to, quantity, lotId)) {
      this.#tell(place, moved, -moved.quantity, 'move', at);
      this.#tell(place, { ...moved, location: to }, moved.quantity, 'move', at);
      this.#tellTask('move', place, to, moved.quantity, at, actionId);
    }
  }

  #tell(place: StockPlace, holding: Holding, delta: number, reason: string, at: number): void {
    const { emitter, world } = this.#run;
    emitter.emit('detent.inventory.StockChanged', at, stockMove(world.stock, place, holding, delta, reason));
  }

  #tellTask(taskType: string, place: StockPlace, to: Location, quantity: number, at: number, actionId?: string): void {
    this.#run.emitter.emit('detent.warehouse.TaskCompleted', at, {
      zoneId: to.zone.zoneId,
      siteId: place.site.siteId,
      taskId: `${taskType}-${place.sku.skuId}-${to.locationId}-${Math.round(at)}`,
      taskType,
      skuId: place.sku.skuId,
      locationId: to.locationId,
      ...(actionId !== undefined && { actionId }),
      startedAt: Math.round(at - this.#random.between(4, 15) * MINUTE_MS),
      completedAt: Math.round(at),
      quantity,
      errors: 0,
    });
  }
}
