import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { Subject } from '../testing/subject.ts';
import { fingerprintIn } from './codec.ts';

const T0 = Date.UTC(2026, 0, 5, 8);
const ENTITY = `    inputs: { x: number, name: string, flag: boolean }
    links: { parts: { type: part, values: { n: number } } }
    attributes:
      x: { ewma: x, halfLife: 1h }
      sum: { sum: x, window: 7d }
      name: { latest: name }
      flag: { latest: flag }
      parts: { over: parts, sum: link.n * part.w }
      colour: { over: parts, any: part.colour == 'red' && part.ready }
    dimensions:
      d: { hysteresis: { enterAfter: 5m }, segments: { high: { when: x > 5 && name != '' }, low: {} } }`;
const PART = `  part:
    inputs: { w: number, colour: string, ready: boolean }
    attributes: { w: { latest: w }, colour: { latest: colour }, ready: { latest: ready } }`;

describe('an entity’s state', () => {
  it('is the same after bytes and back, and so are its bytes, whatever has happened to it', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = seeded(seed);
      const kept = new Subject(ENTITY, PART);
      const restarted = new Subject(ENTITY, PART);
      for (let i = 0; i < 40; i++) {
        const t = T0 + i * 600_000;
        const values = {
          ...(random() < 0.7 && { x: random() * 10 }),
          ...(random() < 0.3 && { name: ['', 'a', 'Größe ½', 'x'.repeat(200), '日本'][Math.floor(random() * 5)]! }),
          ...(random() < 0.3 && { flag: random() < 0.5 }),
        };
        const targets = Array.from({ length: Math.floor(random() * 4) }, (_, n) => ({
          entityType: 'part',
          entityId: `p${n}`,
          values: { n },
        }));
        const links = random() < 0.3 ? [{ relation: 'parts', targets }] : [];
        const value = [3, 'red', true, false, null][Math.floor(random() * 5)]!;
        for (const subject of [kept, restarted]) {
          subject.observe(t, values, { links });
          const answer = {
            referrer: { entityType: 'thing', entityId: 't1' },
            target: { entityType: 'part', entityId: 'p1' },
            targetSequence: i,
            occurredAt: t,
          };
          for (const attribute of ['w', 'colour', 'ready'])
            for (let refVersion = 1; refVersion < 60; refVersion++)
              subject.engine.applyReferences(
                subject.state,
                [{ ...answer, attribute, refVersion, value }],
                subject.effects,
              );
        }
        const bytes = restarted.engine.encode(restarted.state);
        restarted.restart();
        expect(restarted.engine.encode(restarted.state)).toEqual(bytes);
        expect(restarted.state).toEqual(kept.state);
      }
      expect(restarted.changes).toEqual(kept.changes);
      expect(restarted.engine.dueAt(restarted.state)).toBe(kept.engine.dueAt(kept.state));
    }
  });

  it('is that of an entity of which nothing is known, when it was another one’s before', () => {
    const subject = new Subject(ENTITY, PART);
    const untouched = subject.engine.create('thing', 't2');
    const targets = [{ entityType: 'part', entityId: 'p1', values: { n: 1 } }];
    subject.observe(T0, { x: 9, name: 'a', flag: true }, { links: [{ relation: 'parts', targets }] });
    const former = subject.state;
    subject.engine.recycle(former);
    const next = subject.engine.create('thing', 't2');
    expect(next).toBe(former);
    expect(next).toEqual(untouched);
    expect(subject.engine.create('thing', 't3')).not.toBe(former);
  });

  it('takes few bytes while little is known', () => {
    const subject = new Subject(ENTITY, PART);
    subject.observe(T0, { name: 'a' });
    expect(subject.engine.encode(subject.state).length).toBeLessThan(100);
  });

  it('bears the fingerprint of its layout, which another definition changes', () => {
    const one = new Subject(ENTITY, PART);
    const other = new Subject(ENTITY.replace('1h', '2h'), PART);
    const bytes = one.engine.encode(one.state);
    expect(fingerprintIn(bytes)).toBe(one.engine.layoutOf('thing').fingerprint);
    expect(other.engine.decode('thing', 't1', bytes)).toBeUndefined();
    expect(() => fingerprintIn(new Uint8Array([9, 9]))).toThrow('begins with byte 9');
  });
});
