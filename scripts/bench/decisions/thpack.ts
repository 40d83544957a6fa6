import { readFileSync } from 'node:fs';
import type { BoxType, Size } from '../../../services/picking/cartonize/index.ts';

/** A container and the boxes that are to go into it, in the unit of the file. */
export interface LoadProblem {
  container: Size;
  types: BoxType[];
}

/**
 * Reads container loading problems in the format of the OR-Library's `thpack`: their number, then for each its number
 * and seed, the container's three lengths, the number of box types, and for each type its number, its three sides, each
 * followed by 1 where that side may stand upright, and how many there are. A name that ends in `:a-b` means problems a
 * to b, counted from 1. Throws where the text does not hold that.
 */
export function readThpack(name: string): LoadProblem[] {
  const [, file, from, to] = /^(.*?)(?::(\d+)-(\d+))?$/.exec(name)!;
  const numbers = readFileSync(file!, 'utf8').trim().split(/\s+/).map(Number);
  let at = 0;
  const next = () => {
    const value = numbers[at++];
    if (value === undefined || !Number.isInteger(value))
      throw new Error(`${file}: number ${at} is ${value}, not whole: is it a thpack file?`);
    return value;
  };
  const size = () => ({ l: next(), w: next(), h: next() });
  const problems = Array.from({ length: next() }, () => {
    next();
    next();
    const container = size();
    const types = Array.from({ length: next() }, () => {
      next();
      const [l, lUp, w, wUp, h, hUp, count] = [next(), next(), next(), next(), next(), next(), next()];
      return { l, w, h, count, upright: { l: lUp === 1, w: wUp === 1, h: hUp === 1 } };
    });
    return { container, types };
  });
  return problems.slice(from ? Number(from) - 1 : 0, to ? Number(to) : undefined);
}
