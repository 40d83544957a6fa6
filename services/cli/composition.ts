import { createHash } from 'node:crypto';
import { type Config, readModelFile } from '@detent/adapters';
import { compileModel, type Engine, loadModel, type Model, matchPlaybooks } from '@detent/core';
import { createIngestProcessor, ingestMetrics, ingestOutput, isDedupeKey } from '@detent/ingest';
import { createPickingProcessor } from '@detent/picking';
import { defineService, fuse, type PlaybookFor, type Processor, type ServiceDefinition } from '@detent/pipeline';
import { createRoutingProcessor } from '@detent/routing';
import { createSegmenterProcessor } from '@detent/segmenter';
import { createStorageProcessor } from '@detent/storage';
import { UsageError } from './errors.ts';

/** Services in the order of the data's path. */
export const serviceNames = ['ingest', 'segmenter', 'picking', 'storage', 'routing'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Observations of a replay that come out of order within this time are put right. */
const REPLAY_REORDER_MS = 2000;

/** A model that loaded without problems, ready to run. */
export interface LoadedModel {
  model: Model;
  engine: Engine;
  /** Tells this model's text from any other, whatever version it bears. */
  basis: string;
}

/** Loads and compiles a model by name or path. Throws `ModelFileError`, or `ModelError` with every problem. */
export function loadModelByName(nameOrPath: string): LoadedModel {
  const { file, text } = readModelFile(nameOrPath);
  const model = loadModel(text, file);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { model, engine: compileModel(model), basis: `${model.name}@${model.version}#${hash}` };
}

/** Entity types that the configured model puts into segments. */
export function segmentedTypes(config: Config): string[] {
  const { model } = loadModelByName(config.model);
  return [...model.entities.values()].filter(({ dimensions }) => dimensions.length > 0).map(({ type }) => type);
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
  const { model, basis } = loadModelByName(config.model);
  const engine = compileModel({ ...model, reorderMs: model.reorderMs ?? REPLAY_REORDER_MS });
  const ingest = (): Processor => ({ ...createIngestProcessor(), partitioning: 'single' });
  return [defineService(ingest), defineService(() => ({ ...createSegmenterProcessor(engine), basis }))];
}

/** Ingest within the segmenter: what an event tells of entities of its own partition takes no topic. */
function fusedSegmenter(engine: Engine): Processor {
  return fuse(createIngestProcessor(), createSegmenterProcessor(engine), {
    via: ingestOutput,
    isFirsts: isDedupeKey,
    counts: ingestMetrics.fused,
  });
}

function factories(config: Config): Record<ServiceName, () => ServiceDefinition> {
  const { model, engine, basis } = loadModelByName(config.model);
  const dimensionsOf = (type: string) => model.entities.get(type)?.dimensions.map(({ name }) => name) ?? [];
  const setup = { actions: config.actions, playbookFor: playbookFor(model) };
  const decides = (make: () => Processor) =>
    defineService(() => ({ ...make(), basis: `${basis} actions=${config.actions}` }));
  return {
    ingest: () => defineService(createIngestProcessor),
    segmenter: () =>
      defineService(() =>
        config.fused
          ? { ...fusedSegmenter(engine), basis: `${basis} fused` }
          : { ...createSegmenterProcessor(engine), basis },
      ),
    picking: () => decides(() => createPickingProcessor({ ...setup, orderDimensions: dimensionsOf('order') })),
    storage: () => decides(() => createStorageProcessor(setup)),
    routing: () => decides(() => createRoutingProcessor({ ...setup, orderDimensions: dimensionsOf('order') })),
  };
}

/**
 * The strongest playbook for an entity's segments gives name and page; what is done joins all that match. Where none
 * matches, the page is that of the first segment that names one.
 */
function playbookFor(model: Model): PlaybookFor {
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
    const sop = strongest?.sop ?? page();
    return strongest === undefined && sop === undefined
      ? undefined
      : { name: strongest?.name ?? '', sop: sop ?? '', do: commands };
  };
}
