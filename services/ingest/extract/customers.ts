import { type Extractors, seen } from './seen.ts';

export const customers: Extractors = {
  'detent.customers.CustomerProfiled': ({ customerId, tier, lifetimeValue, returnRate, minRemainingLifeHours }) => [
    seen('customer', customerId, { tier, lifetimeValue, returnRate, minRemainingLifeHours }),
  ],

  'detent.customers.CustomerErased': ({ customerId }) => [seen('customer', customerId, {}, [], true)],
};
