import { type ActionsMode, createDecisionProcessor, type PlaybookFor, type Processor } from '@detent/pipeline';
import { defaultPickingConfig, type PickingConfig } from './config.ts';
import { laneDimensions, PickingDecider } from './decide.ts';
import { pickingOutput, pickingSources } from './topology.ts';

/** How picking is set up. */
export interface PickingSetup {
  actions: ActionsMode;
  playbookFor: PlaybookFor;
  /** Dimensions that the model gives to `order`. Picking waits for those that it uses. */
  orderDimensions: readonly string[];
  config?: PickingConfig;
}

/** The picking service. One call per assignment: it keeps what it knows in memory. */
export function createPickingProcessor(setup: PickingSetup): Processor {
  const decider = new PickingDecider({
    config: setup.config ?? defaultPickingConfig,
    playbookFor: setup.playbookFor,
    needs: setup.orderDimensions.filter((dimension) => laneDimensions.has(dimension)),
  });
  return createDecisionProcessor({
    service: 'picking',
    sources: Object.values(pickingSources),
    output: pickingOutput,
    actions: setup.actions,
    decider,
  });
}
