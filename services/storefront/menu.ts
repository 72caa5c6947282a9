/** The menu: static data, so that reading it measures the way to a storefront and nothing else. */
import { PIZZAS } from '#contracts/orders.ts';

const PRICES: Record<(typeof PIZZAS)[number], number> = {
  margherita: 7.5,
  marinara: 6.5,
  funghi: 8.5,
  diavola: 9,
  'quattro-formaggi': 9.5,
  capricciosa: 10,
};

export const MENU = { currency: 'EUR', pizzas: PIZZAS.map((id) => ({ id, price: PRICES[id] })) };
