import { readModelFile } from '@detent/adapters';
import { simulatedWorld, simulateEvents } from '../../../services/cli/simulate/simulate.ts';
import type { DecisionBench } from '../decisions/benches.ts';
import { coarsen, type Grain } from './coarse-model.ts';
import { undecided } from './events.ts';
import { gather } from './happenings.ts';
import { outcomeOf, type WeekReport } from './outcome.ts';
import { actionsOf } from './run-week.ts';

const START = Date.UTC(2026, 2, 2);
const DAYS = 7;
const SCALE = 1;
const GRAINS: readonly Grain[] = ['none', 'coarse', 'detent'];

/**
 * A simulated week, decided three times by the same services on the same events: without segments, with the coarse ones of
 * habit, and with the model. `files`: a model, and seeds.
 */
export const benchWeek: DecisionBench = async ({ files, json, say }) => {
  const model = files.find((file) => !/^\d+$/.test(file)) ?? 'fulfilment';
  const seeds = files.filter((file) => /^\d+$/.test(file)).map(Number);
  const { text } = readModelFile(model);
  const runs: { seed: number; grain: Grain; report: WeekReport }[] = [];
  for (const seed of seeds.length > 0 ? seeds : [1]) {
    const { events: all } = simulateEvents({ seed, days: DAYS, start: START, scale: SCALE, defects: 0 });
    const events = [...undecided(all)];
    const happenings = gather(events);
    for (const grain of GRAINS) {
      say(`seed ${seed}, ${grain}: ${events.length} events …`);
      const actions = await actionsOf(events, coarsen(text, grain));
      runs.push({
        seed,
        grain,
        report: outcomeOf(actions, happenings, simulatedWorld({ seed, start: START, scale: SCALE }), seed),
      });
    }
  }
  if (json) return JSON.stringify({ runs });
  return runs.map(({ seed, grain, report }) => `seed ${seed} ${grain.padEnd(7)} ${lineOf(report)}`).join('\n');
};

function lineOf(report: WeekReport): string {
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  return [
    `${report.orders} orders`,
    `${report.metresPerPick.toFixed(1)} m a pick`,
    `on time ${share(report.onTimeShare)}`,
    `damaged ${share(report.damagedShare)}`,
    `perfect ${share(report.perfectShare)}`,
    `${report.costPerOrder.toFixed(2)} EUR an order`,
    `rated ${report.satisfaction.toFixed(2)}`,
    `${report.moves} moves`,
    `${report.byHand} by hand`,
  ].join(' | ');
}
