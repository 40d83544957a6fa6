import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print } from '../context.ts';

/** `detent model check [model]`: loads a model and says what it holds; every problem at once where it does not load. */
export function modelCheck(name: string | undefined, options: CommonOptions): void {
  const { model } = loadModelByName(name ?? configOf(options).model);
  const entities = [...model.entities.values()].map((entity) => ({
    type: entity.type,
    attributes: entity.attributes.size,
    dimensions: entity.dimensions.map((dimension) => ({
      name: dimension.name,
      segments: dimension.segments.map((segment) => segment.name),
    })),
  }));
  print(options, { model: model.name, version: model.version, entities, playbooks: model.playbooks.length }, () =>
    [
      `${model.name} version ${model.version}: no problems`,
      ...entities.flatMap(({ type, dimensions }) =>
        dimensions.map((dimension) => `  ${`${type}.${dimension.name}`.padEnd(24)} ${dimension.segments.join(' > ')}`),
      ),
      `  ${model.playbooks.length} playbooks`,
    ].join('\n'),
  );
}
