import { type ActionsMode, createDecisionProcessor, type ModelInForce, type Processor } from '@detent/pipeline';
import { defaultStorageConfig, type StorageConfig } from './config.ts';
import { StorageDecider } from './decide.ts';
import { storageOutput, storageSources } from './topology.ts';

/** How storage is set up. */
export interface StorageSetup {
  actions: ActionsMode;
  /** Playbooks, and which dimensions there are to wait for. */
  model: ModelInForce;
  config?: StorageConfig;
}

/** The storage service. One call per assignment: it keeps what it knows in memory. */
export function createStorageProcessor(setup: StorageSetup): Processor {
  const { actions, model, config = defaultStorageConfig } = setup;
  const { orders, ...others } = storageSources;
  return createDecisionProcessor({
    service: 'storage',
    sources: [...Object.values(others), ...(config.affinityWeight > 0 ? [orders] : [])],
    output: storageOutput,
    actions,
    decider: new StorageDecider({ config, playbookFor: model.playbookFor }),
    model,
  });
}
