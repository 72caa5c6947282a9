/**
 * The business of the region: what may be ordered and what an answer says. Shared by the storefront (menu,
 * validation), the kitchen and the customers.
 */
import { Type, type Static } from 'typebox';

/** What a storefront sells, by the id that an order names. */
export const PIZZAS = ['margherita', 'marinara', 'funghi', 'diavola', 'quattro-formaggi', 'capricciosa'] as const;

/** Body of `POST /orders`. */
export const OrderSchema = Type.Object(
  { pizza: Type.Enum([...PIZZAS]), note: Type.Optional(Type.String({ maxLength: 200 })) },
  { additionalProperties: false },
);

/** Headers of `POST /orders` at every hop. The key makes the order safe to send again. */
export const OrderHeadersSchema = Type.Object({
  'idempotency-key': Type.String({ minLength: 1, maxLength: 200 }),
  'x-deadline-ms': Type.Optional(Type.String({ pattern: '^[0-9]{1,7}([.][0-9]{1,6})?$' })),
  'x-avoid-az': Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' })),
});

/** Answer of `POST /orders`, status 201. */
export const OrderAnswerSchema = Type.Object({
  /** The order's idempotency key. */
  order: Type.String(),
  pizza: Type.String(),
  /** Kitchen that baked it. */
  kitchen: Type.String(),
  /** Oven time, milliseconds. */
  bakeMs: Type.Number(),
});
export type OrderAnswer = Static<typeof OrderAnswerSchema>;
