import { expect, it } from '@jest/globals';
import { changedLines } from './changed-lines.ts';

const MODEL = `model: m
entities:
  sku:
    dimensions:
      velocity:
        doc: how fast
        hysteresis: { switchCost: { money: 12 + units, wrongPerHour: 2 }, enterAfter: 2h } # why
        segments:
          A: { when: x > 1, hysteresis: { enterAfter: 1h, cooldown: 1d } }
          C: { hysteresis: { switchCost: 3h } }
      returns:
        segments: { often: { when: x > 2 }, usual: {} }
`;

it('says which line of the file becomes what, and what segments say otherwise', () => {
  const knobs = { evidence: false, enterAfter: null, leaveAfter: '6h' };
  expect(changedLines(MODEL, 'm.yaml', 'sku.velocity', knobs)).toEqual([
    'm.yaml:7: hysteresis: { switchCost: { money: 12 + units, wrongPerHour: 2 }, evidence: false, leaveAfter: 6h }',
    'm.yaml:9: of segment A take away enterAfter',
  ]);
  expect(changedLines(MODEL, 'm.yaml', 'sku.returns', { patience: 2 })).toEqual([
    'm.yaml:12: hysteresis: { patience: 2 }',
  ]);
});
