/** Configuration of the customers, from their environment. Traffic itself is set at run time (`PUT /traffic`). */
import { Type, type Static } from 'typebox';

export const CustomersConfigSchema = Type.Object({
  /** Of the arrival times, until `PUT /traffic` names another. */
  CUSTOMERS_SEED: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, default: 1 }),
  /** Records that are kept; 400,000 are eleven minutes at peak. */
  CUSTOMERS_RECORDS_MAX: Type.Integer({ minimum: 1000, maximum: 10_000_000, default: 400_000 }),
});
export type CustomersConfig = Readonly<Static<typeof CustomersConfigSchema>>;
