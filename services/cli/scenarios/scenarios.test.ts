import { describe } from '@jest/globals';
import { perishablesOnTheRoad } from './cold.features.ts';
import { fragileOrders } from './fragile.features.ts';
import { ledgerKept } from './ledger.features.ts';
import type { Stage } from './play.ts';
import { urgentBesideBulky } from './urgent.features.ts';

const embedded: Stage = { environment: () => ({}), settleMs: 100 };

describe('the scenarios, embedded', () => {
  fragileOrders(embedded);
  urgentBesideBulky(embedded);
  perishablesOnTheRoad(embedded);
  ledgerKept(embedded);
});
