import { didYouMean } from '../model/problems.ts';
import type { Model } from '../model/types.ts';
import { MATERIALS } from '../playbooks/vocabulary.ts';
import { atSegment, type Draft } from './findings.ts';

/** Materials that a playbook gives to packing and that are none of the usual ones: most often a slip of the pen. */
export function checkMaterials({ playbooks }: Model): Draft[] {
  return playbooks.flatMap(({ name, do: { packing } }, n) =>
    Object.entries(MATERIALS).flatMap(([what, usual]): Draft[] => {
      const given = typeof packing === 'object' ? packing[what] : undefined;
      if (given === undefined || usual.includes(String(given))) return [];
      return [
        {
          code: 'unknown-material',
          path: ['playbooks', String(n), 'do', 'packing', what],
          where: `playbook ${name}`,
          message: `${given} is no usual ${what}${didYouMean(String(given), usual) || `; usual are ${usual.join(', ')}`}`,
          todo: 'mend the name; a material of your own is allowed at the playbook',
        },
      ];
    }),
  );
}

/** Pages (`sop`) of segments and playbooks that are not there. */
export function checkPages({ entities, playbooks }: Model, hasPage: (page: string) => boolean): Draft[] {
  const named: (Pick<Draft, 'path' | 'where'> & { readonly sop: string | undefined })[] = [];
  for (const { type, dimensions } of entities.values()) {
    for (const { name, segments } of dimensions)
      for (const segment of segments) named.push({ ...atSegment(type, name, segment.name), sop: segment.sop });
  }
  for (const [n, { name, sop }] of playbooks.entries())
    named.push({ path: ['playbooks', String(n)], where: `playbook ${name}`, sop });
  return named.flatMap(({ path, where, sop }): Draft[] => {
    if (sop === undefined || hasPage(sop)) return [];
    const message = `there is no page ${sop}: who gets the action finds nothing there`;
    return [{ code: 'missing-page', path: [...path, 'sop'], where, message, todo: 'write the page, or mend its path' }];
  });
}
