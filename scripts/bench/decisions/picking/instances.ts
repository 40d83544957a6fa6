import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Block, evenBlock, type Stop } from '../../../../services/picking/routes/index.ts';

/** What is measured: lists to walk, and sets of orders to batch. */
export interface PickingInstances {
  block: Block;
  lists: Stop[][];
  /** By class, sets of orders: each an order's stops. */
  sets: { name: string; orders: Stop[][][] }[];
}

type Pair = readonly [number, number];
interface Source {
  BLOCK: { aisles: number; aisleDistance: number; back: number; depotAisle: number };
  pickLists(): Pair[][];
  batchingOrders(s: number, classBased: boolean): Pair[][];
}
interface FileShape {
  block?: Source['BLOCK'];
  lists?: Pair[][];
  batching?: Record<string, Pair[][][]>;
}

const SETS = 20;

/**
 * The published instances of a folder, or those of files: a module with the published one's functions (`BLOCK`,
 * `pickLists()`, `batchingOrders(s, classBased)`, s = 1 … 20), or JSON `{block, lists, batching: {name: sets}}`, where
 * a stop is `[aisle, y]`. Each file is measured by itself.
 * @throws Error naming the file and what is missing.
 */
export async function pickingInstances(files: readonly string[], folder: string): Promise<PickingInstances[]> {
  const paths = files.length > 0 ? files : [join(folder, 'instances.mjs')];
  return Promise.all(paths.map((path) => (path.endsWith('.json') ? fromJson(path) : fromModule(path))));
}

async function fromModule(path: string): Promise<PickingInstances> {
  const source = (await import(pathToFileURL(resolve(path)).href)) as Partial<Source>;
  for (const name of ['BLOCK', 'pickLists', 'batchingOrders'] as const) {
    if (source[name] === undefined) throw new Error(`${path} exports no ${name}: see scripts/bench/README.md`);
  }
  const { BLOCK, pickLists, batchingOrders } = source as Source;
  const set = (classBased: boolean) =>
    Array.from({ length: SETS }, (_, s) => batchingOrders(s + 1, classBased).map(stopsOf));
  const sets = [
    { name: 'uniform', orders: set(false) },
    { name: 'class-based', orders: set(true) },
  ];
  return { block: blockOf(BLOCK, path), lists: pickLists().map(stopsOf), sets };
}

async function fromJson(path: string): Promise<PickingInstances> {
  const { block, lists = [], batching = {} } = JSON.parse(readFileSync(path, 'utf8')) as FileShape;
  if (block === undefined) throw new Error(`${path} has no block: {aisles, aisleDistance, back, depotAisle}`);
  const sets = Object.entries(batching).map(([name, all]) => ({ name, orders: all.map((set) => set.map(stopsOf)) }));
  return { block: blockOf(block, path), lists: lists.map(stopsOf), sets };
}

function blockOf({ aisles, aisleDistance, back, depotAisle }: Source['BLOCK'], path: string): Block {
  try {
    return evenBlock({ aisles, aisleDistanceM: aisleDistance, backM: back, depotAisle });
  } catch (error) {
    throw new Error(`the block of ${path} cannot be used: ${(error as Error).message}`);
  }
}

const stopsOf = (list: readonly Pair[]): Stop[] => list.map(([aisle, y]) => ({ aisle, y }));
