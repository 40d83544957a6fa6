import { describe, expect, it } from '@jest/globals';
import { loadModel } from '../model/load.ts';
import { matchPlaybooks } from './match.ts';

const model = loadModel(
  `model: test
version: 1
entities:
  order:
    attributes: { units: { latest: units } }
    dimensions:
      handling: { segments: { fragile: { when: units > 1 }, standard: {} } }
      urgency: { segments: { same-day: { when: units > 2 }, normal: {} } }
      climate: { segments: { frozen: { when: units > 3 }, ambient: {} } }
playbooks:
  - { name: fragile, match: { order.handling: fragile }, aim: handling, do: { lane: cushioned, priority: 10 } }
  - { name: urgent, match: { order.urgency: same-day }, aim: promise, do: { priority: 60 } }
  - { name: frozen, match: { order.climate: frozen }, aim: temperature, do: { priority: 80, x-door: cold } }
  - { name: premium, match: { order.urgency: same-day, order.handling: fragile }, aim: cost, do: { lane: premium } }`,
  'test.yaml',
);

describe('playbooks', () => {
  it('match the most specific first, then by aim, and each command comes from the strongest that gives it', () => {
    const match = matchPlaybooks(model, {
      'order.handling': 'fragile',
      'order.urgency': 'same-day',
      'order.climate': 'frozen',
    });
    expect(match.playbooks.map(({ name }) => name)).toEqual(['premium', 'frozen', 'urgent', 'fragile']);
    expect(match.do).toEqual({ lane: 'premium', priority: 80, 'x-door': 'cold' });
  });

  it('do not match while a segment that they name is another or unknown', () => {
    expect(matchPlaybooks(model, { 'order.urgency': 'same-day' }).playbooks.map(({ name }) => name)).toEqual([
      'urgent',
    ]);
    expect(matchPlaybooks(model, {})).toEqual({ playbooks: [], do: {} });
  });
});
