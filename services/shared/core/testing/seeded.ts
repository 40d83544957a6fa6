/** Seeded numbers in [0, 1), the same on every machine. */
export { mulberry32 as seeded } from '../hysteresis/experiment/random.ts';
