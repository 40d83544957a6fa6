import { CLIMATE_LIMITS, type Climate } from './places.ts';
import type { Random } from './random.ts';

export interface Sku {
  skuId: string;
  name: string;
  category: string;
  climate: Climate;
  lengthMm: number;
  widthMm: number;
  heightMm: number;
  weightG: number;
  unitsPerCarton: number;
  fragility: number;
  keepUpright: boolean;
  maxTopLoadG?: number;
  minTempC?: number;
  maxTempC?: number;
  shelfLifeHours?: number;
  q10?: number;
  hazmatClass?: string;
  packaging: string;
  /** How much it is bought beside the others; Zipf-like. */
  popularity: number;
  /** Probability that a delivered unit comes back. */
  returnRate: number;
  priceEur: number;
}

interface Kind {
  category: string;
  nouns: string[];
  climate: Climate;
  share: number;
  /** Shortest and longest length; width and height follow. */
  edgeMm: [number, number];
  /** Weight by volume, in g per litre. */
  density: [number, number];
  fragility: [number, number];
  returnRate: number;
  shelfLifeDays?: [number, number];
  hazmatClass?: string;
  packaging: string;
  priceEur: [number, number];
}

const KINDS: readonly Kind[] = [
  kind(
    'glassware',
    ['wine glass set', 'carafe', 'tumbler set', 'vase'],
    0.12,
    [90, 320],
    [150, 400],
    [0.75, 0.95],
    0.03,
    'double-wall',
    [8, 60],
  ),
  kind(
    'ceramics',
    ['dinner plate set', 'teapot', 'bowl', 'mug pair'],
    0.1,
    [90, 340],
    [400, 900],
    [0.6, 0.85],
    0.03,
    'double-wall',
    [6, 70],
  ),
  kind(
    'electronics',
    ['desk lamp', 'speaker', 'router', 'monitor'],
    0.12,
    [80, 620],
    [200, 500],
    [0.4, 0.65],
    0.06,
    'foam',
    [15, 320],
  ),
  {
    ...kind(
      'power-tools',
      ['cordless drill', 'battery pack'],
      0.05,
      [120, 420],
      [500, 1200],
      [0.2, 0.35],
      0.05,
      'carton',
      [30, 240],
    ),
    hazmatClass: '9',
  },
  kind(
    'apparel',
    ['wool jumper', 'rain jacket', 'linen shirt', 'running shoes'],
    0.18,
    [60, 380],
    [60, 160],
    [0.02, 0.05],
    0.22,
    'bag',
    [12, 140],
  ),
  kind(
    'books',
    ['field guide', 'cook book', 'atlas'],
    0.1,
    [25, 310],
    [600, 900],
    [0.05, 0.1],
    0.02,
    'mailer',
    [8, 45],
  ),
  kind(
    'garden',
    ['parasol base', 'planter', 'hose reel', 'lounge chair'],
    0.08,
    [350, 1400],
    [60, 300],
    [0.1, 0.3],
    0.04,
    'carton',
    [20, 260],
  ),
  kind(
    'pantry',
    ['olive oil', 'honey jar', 'pasta box', 'ground coffee'],
    0.11,
    [70, 300],
    [500, 950],
    [0.15, 0.65],
    0.01,
    'carton',
    [3, 25],
  ),
  {
    ...kind(
      'dairy',
      ['aged cheese', 'yoghurt tray', 'butter'],
      0.08,
      [60, 260],
      [700, 1000],
      [0.2, 0.4],
      0.005,
      'insulated',
      [3, 22],
    ),
    climate: 'chilled',
    shelfLifeDays: [12, 60],
  },
  {
    ...kind(
      'frozen-food',
      ['berry mix', 'fish fillets', 'ice cream tub'],
      0.06,
      [90, 280],
      [500, 800],
      [0.05, 0.2],
      0.003,
      'insulated',
      [4, 28],
    ),
    climate: 'frozen',
    shelfLifeDays: [90, 240],
  },
];

/** SKUs of all kinds with sizes, weights and limits that go together. */
export function buildSkus(count: number, random: Random): Sku[] {
  const skus: Sku[] = [];
  for (const kind of KINDS) {
    const own = Math.max(3, Math.round(count * kind.share));
    for (let i = 0; i < own; i++) skus.push(buildSku(kind, skus.length + 1, random));
  }
  const ranks = shuffled(skus.length, random);
  skus.forEach((sku, index) => {
    sku.popularity = 1 / (1 + (ranks[index] as number)) ** 0.85;
  });
  return skus;
}

function buildSku(kind: Kind, number: number, random: Random): Sku {
  const lengthMm = Math.round(random.between(...kind.edgeMm));
  const widthMm = Math.round(lengthMm * random.between(0.35, 0.85));
  const heightMm = Math.round(widthMm * random.between(0.35, 0.95));
  const litres = (lengthMm * widthMm * heightMm) / 1e6;
  const weightG = Math.max(20, Math.round(litres * random.between(...kind.density)));
  const fragility = Math.round(random.between(...kind.fragility) * 100) / 100;
  return {
    skuId: `sku-${String(number).padStart(5, '0')}`,
    name: `${random.pick(kind.nouns)} ${number}`,
    category: kind.category,
    climate: kind.climate,
    lengthMm,
    widthMm,
    heightMm,
    weightG,
    unitsPerCarton: litres > 20 ? 1 : random.pick([4, 6, 12]),
    fragility,
    keepUpright: kind.category === 'pantry' || kind.climate === 'frozen',
    ...(fragility >= 0.6 ? { maxTopLoadG: Math.round(weightG * 2) } : {}),
    ...CLIMATE_LIMITS[kind.climate],
    ...(kind.shelfLifeDays ? { shelfLifeHours: random.whole(...kind.shelfLifeDays) * 24, q10: 2.5 } : {}),
    ...(kind.hazmatClass ? { hazmatClass: kind.hazmatClass } : {}),
    packaging: kind.packaging,
    popularity: 1,
    returnRate: Math.min(0.5, kind.returnRate * random.around(1, 0.6)),
    priceEur: Math.round(random.between(...kind.priceEur) * 100) / 100,
  };
}

function kind(
  category: string,
  nouns: string[],
  share: number,
  edgeMm: [number, number],
  density: [number, number],
  fragility: [number, number],
  returnRate: number,
  packaging: string,
  priceEur: [number, number],
): Kind {
  return { category, nouns, climate: 'ambient', share, edgeMm, density, fragility, returnRate, packaging, priceEur };
}

function shuffled(count: number, random: Random): number[] {
  const ranks = Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const j = random.whole(0, i);
    [ranks[i], ranks[j]] = [ranks[j] as number, ranks[i] as number];
  }
  return ranks;
}
