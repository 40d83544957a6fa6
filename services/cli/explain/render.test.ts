import { describe, expect, it } from '@jest/globals';
import { Subject } from '../../shared/core/testing/subject.ts';
import { renderExplanation } from './render.ts';

describe('an explanation for people', () => {
  it.each([
    ['hours < 0', 4, 'hours less than 0 (now 4, 4 away)'],
    ['hours > 0', -4, 'hours more than 0 (now -4, 4 away)'],
    ['hours < 60', 80, 'hours less than 60 (now 80, 20 away)'],
  ])('names the bound of %s as it is written', (when, hours, text) => {
    const thing = new Subject(`    inputs: { hours: number }
    attributes: { hours: { latest: hours } }
    dimensions:
      urgency: { segments: { late: { when: ${when} }, normal: {} } }`);
    thing.observe(Date.UTC(2026, 2, 2), { hours });
    const explanation = thing.engine.explain(thing.state, Date.UTC(2026, 2, 2));
    const said = renderExplanation({ ...explanation, changes: [], changesSearched: 0, partial: false });
    expect(said).toContain(`to late: ${text}`);
  });
});
