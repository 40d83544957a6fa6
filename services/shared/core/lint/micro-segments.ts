import type { EntityModel } from '../model/types.ts';
import type { Draft } from './findings.ts';
import type { TypeTally } from './population.ts';

/** Where more entities than this stand in micro-segments that are too small, the dimensions cut too fine. */
const TOO_MANY = 0.1;

/** Looks at all dimensions together: how many entities stand where hardly anybody does, and which merge helps most. */
export function checkMicroSegments(entity: EntityModel, { micro }: TypeTally, minMembers: number): Draft[] {
  if (entity.dimensions.length < 2 || micro.size === 0) return [];
  const sizes = new Map<string, number>();
  for (const name of micro.values()) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const lone = aloneIn(sizes, minMembers);
  if (lone.entities <= TOO_MANY * micro.size) return [];
  const best = merges(entity)
    .map(({ rename, what }) => {
      const merged = new Map<string, number>();
      for (const [name, size] of sizes) merged.set(rename(name), (merged.get(rename(name)) ?? 0) + size);
      return { what, left: aloneIn(merged, minMembers) };
    })
    .reduce((a, b) => (b.left.entities < a.left.entities ? b : a));
  return [
    {
      code: 'small-micro-segments',
      path: ['entities', entity.type, 'dimensions'],
      where: entity.type,
      message: `${lone.entities} of ${micro.size} entities stand in ${lone.segments} micro-segments of fewer than ${minMembers} each (of ${sizes.size} that are taken)`,
      todo: `${best.what} leaves ${best.left.entities} of them in ${best.left.segments}; do so if nothing is lost by it, or give playbooks to single dimensions only`,
    },
  ];
}

function aloneIn(sizes: ReadonlyMap<string, number>, minMembers: number): { segments: number; entities: number } {
  const small = [...sizes.values()].filter((size) => size < minMembers);
  return { segments: small.length, entities: small.reduce((sum, size) => sum + size, 0) };
}

/** Every merge of two neighbours of a dimension, as a renaming of micro-segments. */
function merges({ dimensions }: EntityModel): { what: string; rename: (micro: string) => string }[] {
  return dimensions.flatMap(({ name, segments }) =>
    segments.slice(0, -1).map(({ name: upper }, i) => {
      const lower = segments[i + 1]!.name;
      const rename = (micro: string) =>
        micro
          .split('|')
          .map((part) => (part === `${name}=${upper}` ? `${name}=${lower}` : part))
          .join('|');
      return { what: `merging ${name}: ${upper} with ${lower}`, rename };
    }),
  );
}
