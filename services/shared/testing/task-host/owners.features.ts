import type { TaskSession } from '@detent/pipeline';
import { expect, it } from '@jest/globals';
import { state } from './fixture.ts';
import { type HostWorld, idle, none, record, records, taken, text, textOf } from './world.ts';

/** One owner of a task at a time, from taking it over to letting it go. */
export function ownerFeatures(world: HostWorld): void {
  it('relieves another service where that one had got to, and lets it go no further', async () => {
    await world.log.append(records(world.source, 0, 10));
    await world.log.append(records(world.other, 0, 10));
    const both = { ...world.spec, service: 'both', sources: [world.source, world.other], relieves: 'worker' };
    await world.session(async () => {});
    const former = await world.takeOver(world.spec, 0);
    await former.commit({ ...none, positions: [{ topic: world.source, partition: 0, next: 6 }] });
    const found = await world.session((session) => taken(session, 14), 0, both);
    expect(found.filter(({ topic }) => topic === world.source).map(textOf)).toEqual(['6', '7', '8', '9']);
    expect(found.filter(({ topic }) => topic === world.other)).toHaveLength(10);
    await expect(
      former.commit({
        outputs: [record(world.output, 'too late')],
        states: [],
        positions: [{ topic: world.source, partition: 0, next: 8 }],
      }),
    ).rejects.toThrow();
    expect(await world.contents(world.output)).toEqual([]);
  });

  it('relieves nobody who has got no further, and goes on from its own last commit', async () => {
    await world.log.append(records(world.source, 0, 10));
    const relieving = { ...world.spec, service: 'both', relieves: 'worker' };
    await world.session(async () => {});
    const former = await world.takeOver(world.spec, 0);
    await former.commit({ ...none, positions: [{ topic: world.source, partition: 0, next: 3 }] });
    await world.session(
      (session) => session.commit({ ...none, positions: [{ topic: world.source, partition: 0, next: 7 }] }),
      0,
      relieving,
    );
    const again = await world.takeOver(world.spec, 0);
    expect((await world.session((session) => taken(session, 3), 0, relieving)).map(textOf)).toEqual(['7', '8', '9']);
    await again.commit({ ...none, positions: [{ topic: world.source, partition: 0, next: 5 }] });
  });

  it('refuses the former owner once another has taken the task', async () => {
    const first = await new Promise<TaskSession>((resolve) => {
      void world.start(async (session) => {
        if (session.task === 0) resolve(session);
        await idle(session);
      });
    });
    await first.commit({ ...none, states: [state('a', 'first')] });
    const second = await world.takeOver(world.spec, 0);
    const late = first.commit({ outputs: [record(world.output, 'late')], states: [state('a', 'late')], positions: [] });
    await expect(late).rejects.toMatchObject({ code: 'DETENT_TASK_CLOSED' });
    expect(text(await second.load(['a']))).toEqual(['first']);
    await second.commit({ ...none, states: [state('a', 'second')] });
    expect(text(await second.load(['a']))).toEqual(['second']);
    expect(await world.contents(world.output)).toEqual([]);
  });

  it('ends sessions when stopped: the signal aborts, runs return first, nothing can be committed', async () => {
    let kept: TaskSession | undefined;
    let returned = false;
    let running: () => void = () => {};
    const ready = new Promise<void>((resolve) => {
      running = resolve;
    });
    const host = await world.start(async (session) => {
      if (session.task !== 0) return idle(session);
      kept = session;
      running();
      await idle(session);
      await new Promise((resolve) => setTimeout(resolve, 50));
      returned = true;
    });
    await ready;
    expect(host.tasks.has(0)).toBe(true);
    await host.stop();
    expect([returned, kept!.signal.aborted]).toEqual([true, true]);
    await expect(kept!.commit({ ...none, states: [state('a', 'late')] })).rejects.toMatchObject({
      code: 'DETENT_TASK_CLOSED',
    });
  });
}
