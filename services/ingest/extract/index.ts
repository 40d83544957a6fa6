import { carriers } from './carriers.ts';
import { customers } from './customers.ts';
import { external } from './external.ts';
import { inventory } from './inventory.ts';
import { orders } from './orders.ts';
import { outcomes } from './outcomes.ts';
import type { Seen } from './seen.ts';
import { sensors } from './sensors.ts';
import { shipments } from './shipments.ts';
import { sites } from './sites.ts';
import { warehouse } from './warehouse.ts';

export type { Seen } from './seen.ts';

type Extract = (event: unknown) => Seen[];

const extractors: ReadonlyMap<string, Extract> = new Map(
  [sites, inventory, orders, customers, carriers, shipments, warehouse, sensors, external, outcomes].flatMap(
    (context) => Object.entries(context) as unknown as [string, Extract][],
  ),
);

/**
 * What an accepted event tells of the entities that it touches, as `docs/observations.md` has it. An entity of which it
 * tells nothing is left out.
 */
export function extract(name: string, event: unknown): Seen[] {
  const found = extractors.get(name)?.(event) ?? [];
  return found.filter(tellsSomething);
}

function tellsSomething({ values, links, ended }: Seen): boolean {
  if (ended || links.length > 0) return true;
  for (const _ in values) return true;
  return false;
}
