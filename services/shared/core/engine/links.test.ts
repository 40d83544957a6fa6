import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';
import type { ReferenceValued } from './types.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const VEHICLE = '  vehicle: { inputs: { hoursLost: number }, attributes: { hoursLost: { latest: hoursLost } } }';
const thing = (kind: string) => `    inputs: { x: number }
    links: { asset: vehicle }
    attributes:
      x: { latest: x }
      hoursLost: { ${kind}: asset.hoursLost }
    dimensions:
      life: { segments: { lost: { when: hoursLost >= 20 && x >= 0 }, fresh: {} } }`;
const on = (entityId: string) => ({
  links: [{ relation: 'asset', targets: [{ entityType: 'vehicle', entityId, values: {} }] }],
});
const targetsOf = ({ state }: Subject) => state.links[0]?.map(({ entityId }) => entityId);

describe('a link', () => {
  it('that is told late is taken where none is known, and does not replace a newer one', () => {
    const subject = new Subject(thing('from'), VEHICLE);
    subject.observe(T0 + HOUR, { x: 1 });
    expect(subject.observe(T0, {}, on('truck-1'))).toBe('folded');
    expect(targetsOf(subject)).toEqual(['truck-1']);
    subject.observe(T0 + 2 * HOUR, {}, on('truck-2'));
    subject.observe(T0 + HOUR, {}, on('truck-3'));
    expect(targetsOf(subject)).toEqual(['truck-2']);
  });

  it('whose gains a changed model counts is counted from the change on', () => {
    const before = new Subject(thing('from'), VEHICLE);
    before.observe(T0, { x: 1 }, on('truck-1'));
    const after = new Subject(thing('gain'), VEHICLE);
    const edit = { from: 'test@1', to: 'test@2', at: T0 + HOUR };
    const bytes = before.engine.encode(before.state);
    after.effects.clear();
    after.state = after.engine.adopt(
      before.state,
      bytes,
      before.engine.layoutOf('thing'),
      edit.at,
      edit,
      after.effects,
    );
    const [told] = after.effects.referenced;
    expect(told).toMatchObject({ target: { entityId: 'truck-1' }, attributes: ['hoursLost'], occurredAt: edit.at });
    const says = (value: number, occurredAt: number): ReferenceValued => ({
      ...{ referrer: told!.referrer, target: told!.target, attribute: 'hoursLost', refVersion: told!.refVersion },
      ...{ targetSequence: 1, value, occurredAt },
    });
    for (const answer of [says(50, edit.at), says(53, edit.at + HOUR)]) {
      after.effects.clear();
      after.engine.applyReferences(after.state, [answer], after.effects);
    }
    after.restart();
    expect(after.engine.attributeValue(after.state, 'hoursLost', edit.at + HOUR)).toBe(3);
  });
});
