import { type ActionsMode, createDecisionProcessor, type ModelInForce, type Processor } from '@detent/pipeline';
import { defaultPickingConfig, type PickingConfig } from './config.ts';
import { laneDimensions, PickingDecider } from './decide.ts';
import { pickingOutput, pickingSources } from './topology.ts';

/** How picking is set up. */
export interface PickingSetup {
  actions: ActionsMode;
  /** Playbooks, and which dimensions there are to wait for. */
  model: ModelInForce;
  config?: PickingConfig;
}

/** The picking service. One call per assignment: it keeps what it knows in memory. */
export function createPickingProcessor(setup: PickingSetup): Processor {
  const decider = new PickingDecider({
    config: setup.config ?? defaultPickingConfig,
    playbookFor: setup.model.playbookFor,
    needs: () => setup.model.dimensionsOf('order').filter((dimension) => laneDimensions.has(dimension)),
  });
  return createDecisionProcessor({
    service: 'picking',
    sources: Object.values(pickingSources),
    output: pickingOutput,
    actions: setup.actions,
    decider,
    model: setup.model,
  });
}
