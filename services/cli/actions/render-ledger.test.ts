import type { OpenAction } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import { renderLedger } from './render-ledger.ts';

const T = Date.UTC(2026, 2, 2, 9);
const open = (type: string, details: object, because: string) =>
  ({
    ...{ state: 'open', escalation: null },
    action: {
      ...{ actionId: `picking:zone:z:c1:${type}`, type, target: { entityType: 'zone', entityId: 'z' } },
      ...{ validUntil: T, details, because },
    },
  }) as unknown as OpenAction;
const shown = (...actions: OpenAction[]) =>
  renderLedger({ service: 'picking', paused: null, open: actions, unread: null }, 20).split('\n').slice(1);

describe('open actions for people', () => {
  it('say of a withdrawal what it takes back, why, and how it is undone once begun', () => {
    const details = { actionId: 'picking:zone:z:c1:1', type: 'release-batch', undo: 'put-back' };
    expect(
      shown(open('withdraw', details, 'release-batch for zone z is taken back because the order has ended')),
    ).toEqual([
      '  open     withdraw for zone z, until 2026-03-02T09:00:00.000Z',
      '           picking:zone:z:c1:withdraw',
      '           takes back release-batch picking:zone:z:c1:1 (if begun: put-back): release-batch for zone z is taken back because the order has ended',
    ]);
  });

  it('say of a call which action it is about, and of any other just itself', () => {
    const details = { actionId: 'picking:zone:z:c1:1', type: 'release-batch', why: 'not-accepted' };
    expect(shown(open('escalate', details, 'nobody accepted it'))[2]).toBe(
      '           not-accepted release-batch picking:zone:z:c1:1: nobody accepted it',
    );
    expect(shown(open('release-batch', { orders: 2 }, 'it is full'))).toHaveLength(2);
  });

  it('say why people are called also where it is about no action', () => {
    expect(shown(open('escalate', { why: 'no-carrier' }, 'no carrier takes it'))[2]).toBe(
      '           no-carrier: no carrier takes it',
    );
    expect(shown(open('escalate', {}, 'no carrier takes it'))[2]).toBe('           no carrier takes it');
  });

  it('count by state, and say how many are not shown', () => {
    const view = { service: 'picking', paused: null, unread: null };
    const two = [open('pack', {}, ''), { ...open('pack', {}, ''), state: 'accepted' } as OpenAction];
    const text = renderLedger({ ...view, open: two }, 1);
    expect(text).toMatch(/^picking: 1 open, 1 accepted\n/);
    expect(text).toMatch(/… and 1 more/);
  });
});
