import { type Extractors, link, type Seen, seen, stockId } from './seen.ts';

const MM3_PER_LITRE = 1_000_000;

export const inventory: Extractors = {
  'detent.inventory.SkuDescribed': (event) => {
    const { skuId, category, lengthMm, widthMm, heightMm, weightG, fragility, keepUpright, maxTopLoadG } = event;
    const { minTempC, maxTempC, shelfLifeHours, hazmatClass, packaging } = event;
    const volumeL = volume(lengthMm, widthMm, heightMm);
    const size = { lengthMm, widthMm, heightMm, weightG, volumeL };
    const care = { fragility, keepUpright, maxTopLoadG, minTempC, maxTempC, shelfLifeHours, hazmatClass, packaging };
    const categories = category === '' ? [] : [category];
    const links = [link('category', 'category', categories)];
    return [seen('sku', skuId, { category: category === '' ? null : category, ...size, ...care }, links)];
  },

  'detent.inventory.StockChanged': ({ skuId, siteId, locationId, lotId, delta, onHand, status, reason }) => {
    const amount = { onHand, delta };
    const found: Seen[] = [
      seen('stock', stockId(skuId, siteId), { ...amount, reason, status, ...flow(reason, delta) }, [
        link('sku', 'sku', [skuId]),
      ]),
      seen('location', locationId, amount),
    ];
    if (lotId) found.push(seen('lot', lotId, amount));
    return found;
  },

  'detent.inventory.LotReceived': ({ lotId, skuId, siteId, quantity, manufacturedAt, expiresAt }) => [
    seen('lot', lotId, { quantity, manufacturedAt, expiresAt, siteId }, [link('sku', 'sku', [skuId])]),
    seen('stock', stockId(skuId, siteId), { receivedUnits: quantity }, [link('sku', 'sku', [skuId])]),
  ],
};

/** What flowed out by picks or in by receipts. A pick that brings stock back, or a receipt that takes some, is no flow. */
function flow(reason: string, delta: number | null | undefined): Record<string, number | undefined> {
  const known = delta ?? 0;
  if (reason === 'pick') return { picks: 1, pickedUnits: known < 0 ? -known : undefined };
  if (reason === 'receipt') return { receivedUnits: known > 0 ? known : undefined };
  return {};
}

type Length = number | null | undefined;

function volume(lengthMm: Length, widthMm: Length, heightMm: Length): number | undefined {
  const isKnown = typeof lengthMm === 'number' && typeof widthMm === 'number' && typeof heightMm === 'number';
  return isKnown ? (lengthMm * widthMm * heightMm) / MM3_PER_LITRE : undefined;
}
