/** What `npm run bench -- <name> [file…]` gives a benchmark of decisions. */
export interface DecisionBenchInput {
  /** Files with instances, in the order given; empty: those of `instances`, where the benchmark has a folder of them. */
  files: readonly string[];
  /** Print one line of JSON instead of a table. */
  json: boolean;
  /** Folder with the published instances and check values. */
  instances: string;
  /** Folder with the real data. */
  data: string;
  /** Tells people how far it is; goes to standard error. */
  say: (line: string) => void;
}

/** Runs one benchmark of decisions and returns what is to be printed. */
export type DecisionBench = (input: DecisionBenchInput) => Promise<string>;

/** The benchmarks of decisions by name. Each is loaded only when it is asked for. */
export const decisionBenches: Readonly<Record<string, () => Promise<DecisionBench>>> = {
  decisions: async () => (await import('./latency.ts')).benchDecisionLatency,
  week: async () => (await import('../week/week.ts')).benchWeek,
  slotting: async () => (await import('./slotting/slotting.ts')).benchSlotting,
  'routing-step': async () => (await import('./routing-step.ts')).benchRoutingStep,
  assignment: async () => (await import('./assignment/assignment.ts')).benchAssignment,
  freight: async () => (await import('./freight/freight.ts')).benchFreight,
  picking: async () => (await import('./picking/picking.ts')).benchPicking,
  'picking-load': async () => (await import('./picking/picking-load.ts')).benchPickingLoad,
  packing: async () => (await import('./packing.ts')).benchPacking,
  cartons: async () => (await import('./cartons.ts')).benchCartons,
  model: async () => (await import('./history/big-model.ts')).benchModel,
  scenarios: async () => (await import('./history/scenarios.ts')).benchScenarios,
  retail: async () => (await import('./history/retail.ts')).benchRetail,
};
