import type { EntityRef, Referenced, ReferenceValued, Value } from '../engine/types.ts';

/** Buckets that an entity's referrers are spread over, kept apart from its own state: there may be thousands. */
export const BUCKETS = 16;

/** The bucket of a referrer, 0 to 15. */
export function bucketOf(referrerId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < referrerId.length; i++) hash = Math.imul(hash ^ referrerId.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}

interface Referrer extends EntityRef {
  readonly relation: string;
  readonly refVersion: number;
  readonly attributes: readonly string[];
}

/** Who reads attributes of one entity: one of its buckets. */
export class Bucket {
  readonly #referrers: Map<string, Referrer>;

  private constructor(referrers: Map<string, Referrer>) {
    this.#referrers = referrers;
  }

  static empty(): Bucket {
    return new Bucket(new Map());
  }

  /** Throws a `SyntaxError` when the text is not what `encode` wrote. */
  static decode(text: string): Bucket {
    const rows = JSON.parse(text) as [string, string, string, number, string[]][];
    return new Bucket(
      new Map(
        rows.map(([entityType, entityId, relation, refVersion, attributes]) => [
          keyOf(entityType, entityId, relation),
          { entityType, entityId, relation, refVersion, attributes },
        ]),
      ),
    );
  }

  encode(): string {
    return JSON.stringify(
      [...this.#referrers.values()].map((r) => [r.entityType, r.entityId, r.relation, r.refVersion, r.attributes]),
    );
  }

  get isEmpty(): boolean {
    return this.#referrers.size === 0;
  }

  /** Notes or, at its end, forgets a referrer. An end that an earlier link sends does not undo a later one. */
  apply({ referrer, relation, refVersion, attributes, end }: Referenced): void {
    const key = keyOf(referrer.entityType, referrer.entityId, relation);
    const known = this.#referrers.get(key);
    if (known !== undefined && known.refVersion > refVersion) return;
    if (end) this.#referrers.delete(key);
    else this.#referrers.set(key, { ...referrer, relation, refVersion, attributes });
  }

  /** Answers for all referrers that read the attributes. Those to one referrer come together, for it takes them together. */
  answers(
    target: EntityRef,
    valued: readonly { readonly attribute: string; readonly value: Value | null }[],
    targetSequence: number,
    occurredAt: number,
  ): ReferenceValued[] {
    const answers: ReferenceValued[] = [];
    for (const { entityType, entityId, refVersion, attributes } of this.#referrers.values()) {
      const referrer = { entityType, entityId };
      for (const { attribute, value } of valued) {
        if (!attributes.includes(attribute)) continue;
        answers.push({ referrer, target, attribute, refVersion, targetSequence, value, occurredAt });
      }
    }
    return answers;
  }
}

function keyOf(entityType: string, entityId: string, relation: string): string {
  return `${entityType}\n${entityId}\n${relation}`;
}
