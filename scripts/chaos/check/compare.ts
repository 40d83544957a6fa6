/** What was found when two bags of identified things were laid beside each other. */
export interface Difference {
  expected: number;
  /** Of those expected, how many were not there. */
  missing: number;
  /** How many were there that should not be: a second time, or at all. */
  doubled: number;
  /** How many were there once, but said something else. */
  differing: number;
  /** Some of each, in words. */
  examples: string[];
}

/** A thing by its id and what it says. */
export type Named = readonly [id: string, content: string];

const EXAMPLES = 5;

/** Compares what should be there, each id once, with what is. */
export function compare(what: string, expected: Iterable<Named>, seen: Iterable<Named>): Difference {
  const wanted = new Map(expected);
  const found = new Map<string, string[]>();
  for (const [id, content] of seen) {
    const contents = found.get(id);
    if (contents) contents.push(content);
    else found.set(id, [content]);
  }
  const result: Difference = { expected: wanted.size, missing: 0, doubled: 0, differing: 0, examples: [] };
  const note = (text: string) => {
    if (result.examples.length < EXAMPLES) result.examples.push(`${what} ${text}`);
  };
  for (const [id, content] of wanted) {
    const contents = found.get(id);
    if (contents === undefined) {
      result.missing += 1;
      note(`${id} is missing: ${content.slice(0, 300)}`);
    } else if (!contents.includes(content)) {
      result.differing += 1;
      note(`${id} should say ${content.slice(0, 300)} and says ${contents[0]!.slice(0, 300)}`);
    }
  }
  for (const [id, contents] of found) {
    const extra = contents.length - (wanted.has(id) ? 1 : 0);
    if (extra === 0) continue;
    result.doubled += extra;
    note(`${id} is there ${contents.length} times, and should be ${wanted.has(id) ? 'once' : 'never'}`);
  }
  return result;
}

/** Sequences of one entity, dimension and epoch that do not count 1, 2, 3 … in the order of the log. */
export function sequenceFaults(
  changes: Iterable<{ entityType: string; entityId: string; dimension: string; epoch: string; sequence: number }>,
): string[] {
  const last = new Map<string, number>();
  const faults: string[] = [];
  for (const { entityType, entityId, dimension, epoch, sequence } of changes) {
    const line = `${entityType}:${entityId}.${dimension} of ${epoch}`;
    const before = last.get(line) ?? 0;
    if (sequence !== before + 1) faults.push(`${line}: ${sequence} follows ${before}`);
    last.set(line, sequence);
  }
  return faults;
}
