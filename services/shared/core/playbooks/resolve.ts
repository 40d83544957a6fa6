import type { Model } from '../model/types.ts';
import { matchPlaybooks } from './match.ts';
import type { Commands } from './vocabulary.ts';

/** What is done for an entity: by which playbook and page, and what is commanded. Empty texts where there is none. */
export interface Handling {
  readonly playbook: string;
  readonly sop: string;
  readonly do: Commands;
}

/**
 * What a model does for segments, given as `order.urgency` → `same-day`. The strongest playbook gives name and page; what
 * is commanded joins all that match. Where none names a page, it is that of the first segment that does.
 */
export function handlingBy(model: Model): (memberships: Readonly<Record<string, string>>) => Handling {
  const pages = new Map<string, string>();
  for (const { type, dimensions } of model.entities.values()) {
    for (const { name, segments } of dimensions) {
      for (const { name: segment, sop } of segments)
        if (sop !== undefined) pages.set(`${type}.${name}=${segment}`, sop);
    }
  }
  return (memberships) => {
    const { playbooks, do: commands } = matchPlaybooks(model, memberships);
    const [strongest] = playbooks;
    const page = () =>
      Object.entries(memberships)
        .map(([dimension, segment]) => pages.get(`${dimension}=${segment}`))
        .find((found) => found !== undefined);
    return { playbook: strongest?.name ?? '', sop: strongest?.sop ?? page() ?? '', do: commands };
  };
}
