import { type Config, readModelFile } from '@detent/adapters';
import { dimensionsOf, handlingBy, loadModel, type Model } from '@detent/core';
import { createIngestProcessor, ingestOutput, isDedupeKey } from '@detent/ingest';
import { createPickingProcessor } from '@detent/picking';
import {
  type DecisionModel,
  defineService,
  fuse,
  ModelInForce,
  type PlaybookFor,
  type Processor,
  type ServiceDefinition,
} from '@detent/pipeline';
import { createRoutingProcessor } from '@detent/routing';
import { createSegmenterProcessor, ModelLibrary, sha256Of } from '@detent/segmenter';
import { createStorageProcessor } from '@detent/storage';
import { UsageError } from './errors.ts';
import { type ServiceName, serviceNames } from './names.ts';

/** Observations of a replay that come out of order within this time are put right. */
const REPLAY_REORDER_MS = 2000;

/** A model that loaded without problems. */
export interface LoadedModel {
  model: Model;
  text: string;
  sha256: string;
  /** Tells this model's text from any other, whatever version it bears. */
  basis: string;
}

/** Loads a model by name or path. Throws `ModelFileError`, or `ModelError` with every problem. */
export function loadModelByName(nameOrPath: string): LoadedModel {
  const { file, text } = readModelFile(nameOrPath);
  const model = loadModel(text, file);
  const sha256 = sha256Of(text);
  return { model, sha256, text, basis: `${model.name}@${model.version}#${sha256.slice(0, 12)}` };
}

/** Entity types that a model puts into segments. */
export function segmentedTypesOf(model: Model): string[] {
  return [...model.entities.values()].filter(({ dimensions }) => dimensions.length > 0).map(({ type }) => type);
}

/** Entity types that the configured model puts into segments. */
export function segmentedTypes(config: Config): string[] {
  return segmentedTypesOf(loadModelByName(config.model).model);
}

/** A service by name. Throws `UsageError` with the names that exist. */
export function serviceByName(name: string, config: Config): ServiceDefinition {
  const make = factories(config)[name as ServiceName];
  if (name === 'ingest' && config.fused)
    throw new UsageError('DETENT_FUSED is true: ingest runs within the segmenter, so there is none to start');
  if (make === undefined) throw new UsageError(`there is no service "${name}": give one of ${serviceNames.join(', ')}`);
  return make();
}

/** Every service, in the order of the data's path. */
export function allServices(config: Config): ServiceDefinition[] {
  const make = factories(config);
  return serviceNames.filter((name) => name !== 'ingest' || !config.fused).map((name) => make[name]());
}

/**
 * What a replay runs: ingest as one task over all partitions, so that a year is read in event time throughout (tasks of
 * their own would be months apart, and what the last of them observes would be late), and the segmenter with
 * observations put into order.
 */
export function replayServices(config: Config): ServiceDefinition[] {
  const ordered = (model: Model): Model => ({ ...model, reorderMs: model.reorderMs ?? REPLAY_REORDER_MS });
  const segmenter = segmenterOn(loadModelByName(config.model), { ...config, fused: false }, ordered);
  const ingest = (): Processor => ({ ...createIngestProcessor(), partitioning: 'single' });
  return [defineService(ingest), defineService(segmenter)];
}

/** Ingest within the segmenter: what an event tells of entities of its own partition takes no topic. */
function fused(segmenter: Processor): Processor {
  return fuse(createIngestProcessor(), segmenter, {
    via: ingestOutput,
    isFirsts: isDedupeKey,
  });
}

/** Says on what a processor decides: the model of its file, until one was promoted. */
function onBasis(processor: Processor, seed: string, rest: string, isPromoted: () => boolean): Processor {
  const promotedBasis = `promoted${rest}`;
  // Not a copy: some of its properties follow the model in force.
  return Object.defineProperties(processor, {
    basis: { get: () => (isPromoted() ? promotedBasis : seed + rest) },
    promotedBasis: { value: promotedBasis },
  });
}

function segmenterOn(
  { model, sha256, basis }: LoadedModel,
  config: Config,
  adjust?: (model: Model) => Model,
): () => Processor {
  const library = new ModelLibrary(model, sha256, adjust);
  return () => {
    const segmenter = createSegmenterProcessor(library);
    const processor = config.fused ? fused(segmenter) : segmenter;
    return onBasis(processor, basis, config.fused ? ' fused' : '', () => segmenter.isPromoted());
  };
}

function factories(config: Config): Record<ServiceName, () => ServiceDefinition> {
  const loaded = loadModelByName(config.model);
  const seed = decisionModelOf(loaded.model);
  const read = (yaml: string) => decisionModelOf(loadModel(yaml, 'the promoted model'));
  const decides = (make: (setup: { actions: Config['actions']; model: ModelInForce }) => Processor) =>
    defineService(() => {
      const model = new ModelInForce(seed, read);
      const processor = make({ actions: config.actions, model });
      return onBasis(processor, loaded.basis, ` actions=${config.actions}`, () => model.isPromoted);
    });
  return {
    ingest: () => defineService(createIngestProcessor),
    segmenter: () => defineService(segmenterOn(loaded, config)),
    picking: () => decides(createPickingProcessor),
    storage: () => decides(createStorageProcessor),
    routing: () => decides(createRoutingProcessor),
  };
}

function decisionModelOf(model: Model): DecisionModel {
  const names = dimensionsOf(model);
  return { playbookFor: playbookFor(model), dimensionsOf: (type) => names[type] ?? [] };
}

/** Where neither a playbook nor a page is there for an entity, there is nothing to say. */
function playbookFor(model: Model): PlaybookFor {
  const handling = handlingBy(model);
  return (memberships) => {
    const { playbook, sop, do: commands } = handling(memberships);
    return playbook === '' && sop === '' ? undefined : { name: playbook, sop, do: commands };
  };
}
