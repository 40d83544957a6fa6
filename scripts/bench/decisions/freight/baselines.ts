import { type FreightShipment, medianOf } from '../../../../services/routing/freight/index.ts';

/** An estimate that others would make, under the same rules: outcomes in order, nothing of the future. */
export interface Baseline {
  name: string;
  quote(shipment: FreightShipment): number | undefined;
  learn(shipment: FreightShipment, cost: number): void;
}

export function baselines(): Baseline[] {
  return [
    countryAndMode(),
    regression('log–log regression on weight', false),
    regression('log–log regression by mode', true),
  ];
}

function countryAndMode(): Baseline {
  const costs = new Map<string, number[]>();
  const all: number[] = [];
  const keyOf = ({ labels }: FreightShipment) => `${labels['country']}/${labels['mode']}`;
  return {
    name: 'median of country and mode',
    quote: (shipment) => (all.length === 0 ? undefined : medianOf([...(costs.get(keyOf(shipment)) ?? all)])),
    learn(shipment, cost) {
      all.push(cost);
      const key = keyOf(shipment);
      costs.set(key, [...(costs.get(key) ?? []), cost]);
    },
  };
}

/** Least squares of log cost on log weight; of log value where no weight is told. */
function regression(name: string, byMode: boolean): Baseline {
  const lines = new Map<string, { n: number; x: number; y: number; xx: number; xy: number }>();
  const placeOf = ({ weightKg, value, labels }: FreightShipment) => ({
    key: `${weightKg === null ? 'value' : 'weight'}/${byMode ? labels['mode'] : ''}`,
    x: Math.log(weightKg ?? Math.max(1, value)),
  });
  return {
    name,
    quote(shipment) {
      const { key, x } = placeOf(shipment);
      const line = lines.get(key);
      if (line === undefined || line.n < 3) return undefined;
      const slope = (line.n * line.xy - line.x * line.y) / (line.n * line.xx - line.x ** 2 || 1);
      return Math.exp(line.y / line.n + slope * (x - line.x / line.n));
    },
    learn(shipment, cost) {
      const { key, x } = placeOf(shipment);
      const y = Math.log(cost);
      const line = lines.get(key) ?? { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
      lines.set(key, { n: line.n + 1, x: line.x + x, y: line.y + y, xx: line.xx + x * x, xy: line.xy + x * y });
    },
  };
}
