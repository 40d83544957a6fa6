import { formatDuration } from '../model/duration.ts';
import { isMeasured } from '../model/measured.ts';
import type { EntityModel, Model } from '../model/types.ts';
import { atDimension, atSegment, type Draft } from './findings.ts';
import { checkMicroSegments } from './micro-segments.ts';
import type { DimensionTally, Population, SegmentTally, TypeTally } from './population.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Of the entities of a type: below this share a segment is small, however many it has; above, never. */
const SMALL_SHARE = 0.02;
const ALIKE = 0.9;
const UNDONE_SHARE = 0.2;
const UNDONE_LEAST = 5;

/** What events show of a model. `minMembers`: fewer than these are not worth a procedure of their own. */
export function checkPopulation(model: Model, population: Population, minMembers: number): Draft[] {
  return [...model.entities.values()].flatMap((entity) => {
    const type = population.types.get(entity.type)!;
    // Of a handful of carriers or zones nothing can be said about sizes.
    const isCrowd = type.ids.size >= minMembers;
    return [
      ...(isCrowd ? checkSizes(entity, type, minMembers) : []),
      ...(isCrowd ? checkMicroSegments(entity, type, minMembers) : []),
      ...checkTwins(entity, type, minMembers),
      ...checkMoves(entity, type, population, minMembers),
    ];
  });
}

function checkSizes(entity: EntityModel, type: TypeTally, minMembers: number): Draft[] {
  const least = Math.min(minMembers, Math.ceil(SMALL_SHARE * type.ids.size));
  return entity.dimensions.flatMap(({ name, segments }) =>
    segments.slice(0, -1).flatMap(({ name: segment }, i): Draft[] => {
      const tally = type.dimensions.get(name)!.segments.get(segment)!;
      const { size } = tally.members;
      if (size >= least) return [];
      const at = atSegment(entity.type, name, segment);
      const into = nearestOf(tally) ?? segments[i + 1]!.name;
      const of = `of ${type.ids.size} ${entity.type} entities`;
      if (size === 0)
        return [
          {
            ...at,
            code: 'no-members',
            message: `nobody ${of} was ever in ${segment}`,
            todo: 'take it away, move its threshold, or allow it where it is an alarm',
          },
        ];
      return [
        {
          ...at,
          code: 'few-members',
          message: `${size} ${of} were ever in ${segment}`,
          todo: `merge it with ${into}, with which it has most moves in common, or move its threshold`,
        },
      ];
    }),
  );
}

/** The segment that most of its members came from or went to. */
function nearestOf({ neighbours }: SegmentTally): string | undefined {
  return [...neighbours].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** Two segments on different dimensions with nearly the same members: one of them says nothing new. */
function checkTwins(entity: EntityModel, type: TypeTally, minMembers: number): Draft[] {
  const named = entity.dimensions.flatMap(({ name, segments }) =>
    segments.slice(0, -1).map(({ name: segment }) => ({
      dimension: name,
      segment,
      members: type.dimensions.get(name)!.segments.get(segment)!.members,
    })),
  );
  const crowds = named.filter(({ members }) => members.size >= minMembers);
  return crowds.flatMap((a, i) =>
    crowds.slice(i + 1).flatMap((b): Draft[] => {
      if (a.dimension === b.dimension) return [];
      const alike = jaccard(a.members, b.members);
      if (alike < ALIKE) return [];
      return [
        {
          ...atSegment(entity.type, b.dimension, b.segment),
          code: 'near-duplicate',
          message: `${b.dimension}: ${b.segment} and ${a.dimension}: ${a.segment} have ${percent(alike)} of their members in common (Jaccard)`,
          todo: 'keep the one that something is done for, or find what sets them apart',
        },
      ];
    }),
  );
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const member of a) if (b.has(member)) both += 1;
  return both / (a.size + b.size - both);
}

function checkMoves(entity: EntityModel, type: TypeTally, population: Population, minMembers: number): Draft[] {
  const span = population.last - population.first;
  return entity.dimensions.flatMap(({ name, segments }): Draft[] => {
    const tally = type.dimensions.get(name)!;
    if (tally.moves === 0 && tally.placed >= minMembers && span >= DAY_MS)
      return [
        {
          ...atDimension(entity.type, name),
          code: 'never-changes',
          message: `none of ${tally.placed} moved in ${formatDuration(span)}`,
          todo: 'nothing, where it is a property; else look whether its thresholds lie where the values are',
        },
      ];
    return segments.flatMap((model): Draft[] => {
      const { name: segment, hysteresis } = model;
      const { movesIn, undone } = tally.segments.get(segment)!;
      // Facts may come and go as they like: only who measures, or says what a move costs, can flap.
      if (!isMeasured(entity, model) && hysteresis.switchCost === undefined) return [];
      if (undone < UNDONE_LEAST || undone < UNDONE_SHARE * movesIn) return [];
      const cost = formatDuration(hysteresis.switchCost?.leave.ms ?? HOUR_MS);
      return [
        {
          ...atSegment(entity.type, name, segment),
          code: 'flapping',
          message: `of ${movesIn} moves into ${segment} ${undone} were taken back within ${cost}, what a move costs; ${sayRates(tally)}`,
          todo: 'raise switchCost, widen stay, or smooth the value more: the threshold cuts through its noise; detent advise says which would have cost least',
        },
      ];
    });
  });
}

/** Moves per entity and day, and which share of flips was held. */
export function ratesOf({ moves, held, days }: DimensionTally): { movesPerEntityDay: number; heldShare: number } {
  return { movesPerEntityDay: days > 0 ? moves / days : 0, heldShare: moves + held > 0 ? held / (moves + held) : 0 };
}

function sayRates(tally: DimensionTally): string {
  const { movesPerEntityDay, heldShare } = ratesOf(tally);
  return `${Number(movesPerEntityDay.toPrecision(2))} moves per entity and day, ${percent(heldShare)} of flips held`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
