import type { SkuDescribed } from '@detent/schemas';

type ImputedField = 'category' | 'lengthMm' | 'widthMm' | 'heightMm' | 'weightG' | 'fragility' | 'packaging';
type Imputed = { [F in ImputedField]: NonNullable<SkuDescribed[F]> };

interface Rule {
  words: RegExp;
  category: string;
  /** Length, width, height of one piece. */
  sizeMm: [number, number, number];
  weightG: number;
  fragility: number;
  packaging: string;
}

/** The first rule whose words stand in the name counts. All numbers are guesses of ours, none is of the file. */
const RULES: readonly Rule[] = [
  rule(/HOT WATER BOTTLE/, 'textile', [340, 210, 50], 420, 0.05, 'bag'),
  rule(/\bGLASS|VASE|\bJARS?\b|BOTTLE|CRYSTAL|BAUBLE/, 'glass', [120, 120, 180], 450, 0.9, 'double-wall'),
  rule(
    /CERAMIC|PORCELAIN|\bMUGS?\b|\bCUPS?\b|TEACUP|TEAPOT|\bPLATES?\b|\bBOWLS?\b|CHINA|STONEWARE/,
    'ceramic',
    [140, 140, 110],
    520,
    0.8,
    'double-wall',
  ),
  rule(/T-?LIGHT|LANTERN|CANDLE|\bVOTIVE/, 'candle-holder', [110, 110, 140], 320, 0.65, 'bubble-wrap'),
  rule(/MIRROR|CLOCK|FRAME|CHANDELIER|LAMP|\bLIGHTS?\b/, 'decoration', [240, 200, 60], 700, 0.6, 'bubble-wrap'),
  rule(/\bTINS?\b|ENAMEL|METAL|\bIRON\b|STEEL|ZINC|WIRE|HOOK|KNOB|CUTTER/, 'metal', [160, 120, 60], 380, 0.1, 'carton'),
  rule(/WOOD|\bPINE\b|BAMBOO|DOORMAT|CABINET|DRAWER|SHELF|STOOL|CHAIR/, 'wood', [300, 200, 90], 900, 0.15, 'carton'),
  rule(
    /\bBAGS?\b|CUSHION|TOWEL|APRON|QUILT|BUNTING|TEXTILE|SCARF|FELT|KNITT|WOOL|FABRIC|SLIPPER|GLOVE/,
    'textile',
    [300, 250, 40],
    180,
    0.02,
    'bag',
  ),
  rule(
    /PAPER|\bCARDS?\b|WRAP|NAPKIN|NOTEBOOK|STICKER|TISSUE|ENVELOPE|BOOK|DOILE|CASES/,
    'paper',
    [220, 160, 20],
    120,
    0.05,
    'mailer',
  ),
  rule(/TOY|DOLL|GAME|JIGSAW|PUZZLE|SKITTLE|SPINNING|BALLOON/, 'toy', [180, 140, 60], 260, 0.2, 'carton'),
  rule(/LUNCH BOX|STORAGE|BASKET|\bBOX\b|TRAY/, 'storage', [240, 180, 110], 340, 0.15, 'carton'),
];
const OTHERWISE = rule(/(?:)/, 'general', [150, 110, 60], 240, 0.25, 'carton');

/** Sizes, weight and fragility by words of the name; a set or pack of n weighs n times and is as much larger. */
export function imputeSku(name: string): Imputed {
  const upper = name.toUpperCase();
  const { category, sizeMm, weightG, fragility, packaging } = RULES.find(({ words }) => words.test(upper)) ?? OTHERWISE;
  const pieces = Math.min(72, Number(/\b(?:SET|PACK|BOX)(?: OF |\/| )(\d+)\b/.exec(upper)?.[1] ?? 1) || 1);
  const scale = Math.cbrt(pieces);
  const [lengthMm, widthMm, heightMm] = sizeMm.map((edge) => Math.round(edge * scale)) as [number, number, number];
  // Pieces of a pack are smaller than the same thing sold alone.
  const share = pieces > 1 ? 0.6 : 1;
  return { category, lengthMm, widthMm, heightMm, weightG: Math.round(weightG * pieces * share), fragility, packaging };
}

function rule(
  words: RegExp,
  category: string,
  sizeMm: Rule['sizeMm'],
  weightG: number,
  fragility: number,
  packaging: string,
): Rule {
  return { words, category, sizeMm, weightG, fragility, packaging };
}
