import { type ActionsMode, createDecisionProcessor, type PlaybookFor, type Processor } from '@detent/pipeline';
import { defaultRoutingConfig, type RoutingConfig } from './config.ts';
import { RoutingDecider } from './decide.ts';
import { routingDimensions } from './desk.ts';
import { routingOutput, routingSources } from './topology.ts';

/** How routing is set up. */
export interface RoutingSetup {
  actions: ActionsMode;
  playbookFor: PlaybookFor;
  /** Dimensions that the model gives to `order`. Routing waits for those that it uses. */
  orderDimensions: readonly string[];
  config?: RoutingConfig;
}

/** The routing service. One call per assignment: it keeps what it knows in memory. */
export function createRoutingProcessor(setup: RoutingSetup): Processor {
  const decider = new RoutingDecider({
    config: setup.config ?? defaultRoutingConfig,
    playbookFor: setup.playbookFor,
    needs: setup.orderDimensions.filter((dimension) => routingDimensions.has(dimension)),
  });
  return createDecisionProcessor({
    service: 'routing',
    sources: Object.values(routingSources),
    output: routingOutput,
    actions: setup.actions,
    decider,
  });
}
