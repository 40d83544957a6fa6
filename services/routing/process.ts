import { type ActionsMode, createDecisionProcessor, type ModelInForce, type Processor } from '@detent/pipeline';
import { defaultRoutingConfig, type RoutingConfig } from './config.ts';
import { RoutingDecider } from './decide.ts';
import { routingDimensions } from './offers/desk.ts';
import { routingOutput, routingSources } from './topology.ts';

/** How routing is set up. */
export interface RoutingSetup {
  actions: ActionsMode;
  /** Playbooks, and which dimensions there are to wait for. */
  model: ModelInForce;
  config?: RoutingConfig;
}

/** The routing service. One call per assignment: it keeps what it knows in memory. */
export function createRoutingProcessor(setup: RoutingSetup): Processor {
  const decider = new RoutingDecider({
    config: setup.config ?? defaultRoutingConfig,
    actions: setup.actions,
    playbookFor: setup.model.playbookFor,
    needs: () => setup.model.dimensionsOf('order').filter((dimension) => routingDimensions.has(dimension)),
  });
  return createDecisionProcessor({
    service: 'routing',
    sources: Object.values(routingSources),
    unawaited: [routingSources.packing],
    output: routingOutput,
    actions: setup.actions,
    decider,
    model: setup.model,
  });
}
