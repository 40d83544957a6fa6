export { type RawFlip, Rehearsal, type RehearsalListener } from './rehearsal.ts';
export { type Rehearsed, rehearse } from './rehearse.ts';
