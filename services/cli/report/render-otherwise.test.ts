import { describe, expect, it } from '@jest/globals';
import { renderPlaybooks } from './render-otherwise.ts';

const order = (entityId: string) => ({ entityType: 'order', entityId });
const changes = [{ what: 'do.lane', from: 'premium', to: null }];

describe('playbooks that differ', () => {
  it('are told with their commands, how many had them, and some of these', () => {
    const playbook = { name: 'big', changes, entities: ['o1', 'o2', 'o3'].map(order) };
    expect(renderPlaybooks([playbook], 2)).toEqual([
      '1 playbook differs:',
      '  big',
      '    do.lane: premium → none',
      '    3 had it in the history: order o1, o2, …',
    ]);
    expect(renderPlaybooks([{ ...playbook, entities: [] }], 2).at(-1)).toBe('    nobody had it in the history');
  });

  it('say nothing of who had them where there is no history', () => {
    expect(renderPlaybooks([{ name: 'big', changes }], 2)).toHaveLength(3);
  });
});
