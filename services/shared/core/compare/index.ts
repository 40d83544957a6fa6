export { type Comparison, compare, type Elsewhere, type Preview, previewSwitch, tally } from './backtest.ts';
export { type ChangedKnob, changedKnobs } from './changed-knobs.ts';
export { type ChangedPlaybook, changedPlaybooks, type PlaybookEffect } from './changed-playbooks.ts';
export { type HandledOtherwise, handledOtherwise, type Otherwise } from './handled.ts';
export type { DimensionTally, Tally } from './tally.ts';
