import { formatDuration } from '../model/duration.ts';
import type { DimensionModel, HysteresisSettings, Model } from '../model/types.ts';

const HOUR_MS = 3_600_000;

/** Settings of a dimension that are tried over a history. */
export interface Candidate {
  readonly name: string;
  /** What is laid over the hysteresis of every segment; a knob that is undefined is taken away. */
  settings(costMs: number): HysteresisSettings;
  /** The same as an analyst writes it; null takes the knob away. */
  yaml(costMs: number): Record<string, string | number | boolean | null>;
}

const PLAIN = { confirm: undefined, leaveConfirm: undefined, cooldownMs: undefined } as const;
const NO_WAITS = { enterAfterMs: undefined, leaveAfterMs: undefined } as const;
const AS_IT_IS: Candidate = { name: 'today', settings: () => ({}), yaml: () => ({}) };

const cleared = { confirm: null, cooldown: null, enterAfter: null, leaveAfter: null };

function patient(patience: number): Candidate {
  const settings = { ...PLAIN, ...NO_WAITS, evidence: true, patience: { enter: patience, leave: patience } };
  return {
    name: patience === 1 ? 'evidence' : `evidence, patience ${patience}`,
    settings: () => settings as HysteresisSettings,
    yaml: () => ({ ...cleared, evidence: null, patience: patience === 1 ? null : patience }),
  };
}

function dwell(share: number): Candidate {
  const wait = (costMs: number) => Math.max(1000, Math.round((share * costMs) / 1000) * 1000);
  return {
    name: `wait ${share} switchCost`,
    settings: (costMs) =>
      ({ ...PLAIN, evidence: false, enterAfterMs: wait(costMs), leaveAfterMs: wait(costMs) }) as HysteresisSettings,
    yaml: (costMs) => {
      const written = writeDuration(wait(costMs));
      return { ...cleared, evidence: false, patience: null, enterAfter: written, leaveAfter: written };
    },
  };
}

function confirmed(n: number, m: number): Candidate {
  return {
    name: `confirm ${n} of ${m}`,
    settings: () => ({ ...PLAIN, ...NO_WAITS, evidence: false, confirm: { n, m } }) as HysteresisSettings,
    yaml: () => ({ ...cleared, evidence: false, patience: null, confirm: `${n} of ${m}` }),
  };
}

function cooled(share: number): Candidate {
  const pause = (costMs: number) => Math.max(1000, Math.round((share * costMs) / 1000) * 1000);
  return {
    name: `today, cooldown ${share} switchCost`,
    settings: (costMs) => ({ cooldownMs: pause(costMs) }),
    yaml: (costMs) => ({ cooldown: writeDuration(pause(costMs)) }),
  };
}

/** Today's settings first, then what is tried against them. `switchCost` itself is the price that all are judged by. */
export const CANDIDATES: readonly Candidate[] = [
  AS_IT_IS,
  ...[1, 0.5, 2, 3].map(patient),
  ...[0.1, 0.25, 0.5, 1].map(dwell),
  confirmed(2, 3),
  confirmed(3, 4),
  ...[0.5, 1].map(cooled),
];

/** A model with the candidate's settings on every dimension: dimensions do not read one another. */
export function withCandidate(model: Model, candidate: Candidate): Model {
  const entities = [...model.entities].map(([type, entity]) => {
    const dimensions = entity.dimensions.map((dimension) => {
      const settings = candidate.settings(meanCostOf(dimension));
      const segments = dimension.segments.map((segment) => ({
        ...segment,
        hysteresis: { ...segment.hysteresis, ...settings },
      }));
      return { ...dimension, segments };
    });
    return [type, { ...entity, dimensions }] as const;
  });
  return { ...model, entities: new Map(entities) };
}

/** The mean of what moves on a dimension cost, ms; of an expression what is said for when it says nothing. */
export function meanCostOf({ segments }: DimensionModel): number {
  const costs = segments.flatMap(({ hysteresis: { switchCost } }) => [
    switchCost?.enter.ms ?? HOUR_MS,
    switchCost?.leave.ms ?? HOUR_MS,
  ]);
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

/** As the model language writes a duration: `1h30m`. */
function writeDuration(ms: number): string {
  return formatDuration(ms).replaceAll(' min', 'm').replaceAll(' ', '');
}
