import { collectNames } from '../conditions/ast.ts';
import type { DimensionModel, EntityModel, Expression, Model, Playbook } from '../model/types.ts';
import { atSegment, type Draft } from './findings.ts';

/** Attributes that neither a dimension nor another entity comes to read. */
export function checkAttributes(model: Model): Draft[] {
  const used = new Set<string>();
  for (const entity of model.entities.values()) {
    for (const { segments } of entity.dimensions) {
      for (const { when, stay, bypass, hysteresis } of segments) {
        const { enter, leave } = hysteresis.switchCost ?? {};
        const costs = [enter?.priced, leave?.priced].flatMap((priced) => [priced?.cost, priced?.perHour]);
        for (const expression of [when, stay, bypass, ...costs])
          if (expression) for (const name of namesIn(expression)) use(entity, name);
      }
    }
  }
  return [...model.entities.values()].flatMap((entity) =>
    [...entity.attributes.keys()]
      .filter((name) => !used.has(`${entity.type}.${name}`))
      .map(
        (name): Draft => ({
          code: 'unused-attribute',
          path: ['entities', entity.type, 'attributes', name],
          where: `${entity.type} attribute ${name}`,
          message: `no dimension comes to read ${name}: it costs state and time for nothing`,
          todo: 'take it away, or use it in a condition',
        }),
      ),
  );

  function use(entity: EntityModel, name: string): void {
    const id = `${entity.type}.${name}`;
    if (used.has(id)) return;
    used.add(id);
    const fold = entity.attributes.get(name)?.fold;
    if (fold?.kind === 'derive') for (const read of namesIn(fold.expression)) use(entity, read);
    if (fold?.kind === 'population') use(entity, fold.attribute);
    if (fold?.kind !== 'from' && fold?.kind !== 'gain' && fold?.kind !== 'over') return;
    const target = model.entities.get(entity.links.get(fold.relation)!.target)!;
    if (fold.kind !== 'over') {
      use(target, fold.attribute);
      return;
    }
    for (const expression of [fold.value, fold.where]) {
      for (const read of expression ? namesIn(expression) : []) {
        const [group, attribute = ''] = read.split('.');
        if (group === target.type) use(target, attribute);
      }
    }
  }
}

function namesIn({ ast }: Expression): Set<string> {
  return collectNames(ast, new Set());
}

/** Segments that nothing is done for, and pairs for which the same is done. */
export function checkActions(model: Model, entity: EntityModel, dimension: DimensionModel): Draft[] {
  const drafts: Draft[] = [];
  const done = dimension.segments.map(({ name, sop }) => {
    const playbooks = playbooksFor(model, entity, dimension, name);
    return { name, sop, playbooks, signature: signatureOf(playbooks, sop, `${entity.type}.${dimension.name}`) };
  });
  done.forEach(({ name, sop, playbooks, signature }, i) => {
    const at = atSegment(entity.type, dimension.name, name);
    const isDefault = i === done.length - 1;
    if (sop === undefined && !playbooks.some((of) => of.sop !== undefined || Object.keys(of.do).length > 0)) {
      if (!isDefault)
        drafts.push({
          ...at,
          code: 'no-procedure',
          message: `neither a playbook nor a page (sop) says what to do for ${name}`,
          todo: 'write the page and name it with sop, add a playbook, or take the segment away',
        });
      return;
    }
    const same = done.slice(0, i).find((other) => other.signature === signature);
    if (same !== undefined)
      drafts.push({
        ...at,
        code: 'same-actions',
        message: `for ${name} the same is done as for ${same.name}`,
        todo: 'merge them, or let a playbook or page do something differently; where a service acts on the name itself, allow it',
      });
  });
  return drafts;
}

function playbooksFor(model: Model, entity: EntityModel, dimension: DimensionModel, segment: string): Playbook[] {
  return model.playbooks.filter(({ match }) => match.get(`${entity.type}.${dimension.name}`) === segment);
}

/** Equal where the same is done: pages and commands, whatever they are called. */
function signatureOf(playbooks: readonly Playbook[], sop: string | undefined, key: string): string {
  const told = playbooks.map(({ match, aim, do: commands, sop: page }) =>
    JSON.stringify([
      [...match].filter(([name]) => name !== key).sort(),
      aim,
      Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1)),
      page ?? '',
    ]),
  );
  return JSON.stringify([sop ?? '', told.sort()]);
}
