import { describe, expect, it } from '@jest/globals';
import { loadModel } from './load.ts';
import type { HysteresisSettings } from './types.ts';

function load(dimension: string, segment = ''): HysteresisSettings {
  const text = `model: test
version: 1
entities:
  sku:
    inputs: { picks: number, units: number, category: string }
    attributes:
      picksPerHour: { rate: picks, window: 1d, per: 1h }
      unitsOnHand: { latest: units }
      category: { latest: category }
    dimensions:
      velocity:
        hysteresis: ${dimension}
        segments:
          A: { when: picksPerHour >= 10${segment === '' ? '' : `, hysteresis: ${segment}`} }
          C: {}
`;
  return loadModel(text, 'm.yaml').entities.get('sku')!.dimensions[0]!.segments[0]!.hysteresis;
}

const said = ({ switchCost }: HysteresisSettings) =>
  [switchCost!.enter, switchCost!.leave].map(({ ms, priced }) => [
    ms,
    priced?.cost.text,
    priced?.perHour?.text,
    priced?.horizonMs,
  ]);

describe('switchCost', () => {
  it('is a duration, two expressions of which the quotient is hours, or hours', () => {
    const hour = 3_600_000;
    expect(said(load('{ switchCost: 2h }'))).toEqual(Array(2).fill([2 * hour, undefined, undefined, undefined]));
    const priced =
      '{ switchCost: { money: 12 + 0.8 * unitsOnHand, wrongPerHour: picksPerHour * 0.05, horizon: 30d, otherwise: 12h } }';
    expect(said(load(priced))).toEqual(
      Array(2).fill([12 * hour, '12 + 0.8 * unitsOnHand', 'picksPerHour * 0.05', 720 * hour]),
    );
    expect(said(load('{ switchCost: { hours: 0.5 + unitsOnHand / 100 } }'))).toEqual(
      Array(2).fill([hour, '0.5 + unitsOnHand / 100', undefined, undefined]),
    );
  });

  it('may differ by direction; what a segment leaves out is that of the dimension', () => {
    const hysteresis = load(
      '{ switchCost: { enter: 2h, leave: 8h }, patience: { leave: 2 }, confirm: { enter: 2 of 3, leave: 3 of 4 } }',
      '{ switchCost: { leave: { hours: unitsOnHand } }, patience: 3, confirm: { leave: 1 of 2 } }',
    );
    expect(said(hysteresis)).toEqual([
      [7_200_000, undefined, undefined, undefined],
      [3_600_000, 'unitsOnHand', undefined, undefined],
    ]);
    expect(hysteresis.patience).toEqual({ enter: 3, leave: 3 });
    expect([hysteresis.confirm, hysteresis.leaveConfirm]).toEqual([
      { n: 2, m: 3 },
      { n: 1, m: 2 },
    ]);
    expect(load('{ patience: { leave: 2 } }').patience).toEqual({ enter: 1, leave: 2 });
    // Written once, a confirm is for coming in alone, as it always was.
    expect(load('{ confirm: 2 of 3 }').leaveConfirm).toBeUndefined();
  });

  it.each([
    [
      '{ switchCost: { money: 12 + unitOnHand, wrongPerHour: 1 } }',
      '12:49: money of switchCost: unitOnHand is not known here, did you mean unitsOnHand?',
    ],
    [
      '{ switchCost: { money: category, wrongPerHour: 1 } }',
      '12:44: money of switchCost must be a number, this is a string',
    ],
    ['{ switchCost: { hours: unitsOnHand > 3 } }', '12:44: hours of switchCost must be a number, this is a boolean'],
    ['{ switchCost: { money: 12 } }', '12:35: switchCost takes a duration, money and wrongPerHour'],
    ['{ switchCost: { money: 12, hours: 3 } }', '12:35: switchCost takes a duration, money and wrongPerHour'],
    ['{ switchCost: { hours: 3, horizn: 4d } }', '12:47: switchCost has no horizn, did you mean horizon?'],
    ['{ switchCost: { enter: 2h, leaves: 3h } }', '12:48: switchCost has no leaves, did you mean leave?'],
    ['{ switchCost: { enter: 2 hours } }', '12:44: switchCost to enter must be a duration'],
    ['{ patience: { enter: 0 } }', '12:42: patience to enter must be a number in its range'],
  ])('%s is refused where it is wrong', (hysteresis, message) =>
    expect(() => load(hysteresis)).toThrow(`m.yaml:${message}`),
  );
});
