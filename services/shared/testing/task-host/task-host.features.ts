import { afterEach, beforeEach, describe } from '@jest/globals';
import { commitFeatures } from './commits.features.ts';
import type { TaskHostFixture } from './fixture.ts';
import { inputFeatures } from './inputs.features.ts';
import { ownerFeatures } from './owners.features.ts';
import { stateFeatures } from './states.features.ts';
import { HostWorld } from './world.ts';

/** What every `TaskHost` must do. */
export function taskHostFeatures(name: string, make: () => Promise<TaskHostFixture>): void {
  describe(`task host: ${name}`, () => {
    const world = new HostWorld();
    beforeEach(() => world.open(make));
    afterEach(() => world.close());

    inputFeatures(world);
    commitFeatures(world);
    stateFeatures(world);
    ownerFeatures(world);
  });
}
