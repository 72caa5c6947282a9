/**
 * What the API refuses, with the reference's statuses and texts: clients match on both. Everything else
 * that goes wrong is a defect of ours and is not dressed up as one of these.
 * https://github.com/Shopify/toxiproxy/blob/main/README.md#http-api
 */

/** An answer that is no success. `message` is the `error` field of its body. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** @param detail what the parser disliked; clients match the prefix only */
export function badBody(detail: string): Refusal {
  return new Refusal(400, `bad request body: ${detail}`);
}

/** @param where such as ` at proxy 2`, of a list counted from one */
export function missingField(field: 'name' | 'upstream', where = ''): Refusal {
  return new Refusal(400, `missing required field: ${field}${where}`);
}

/** The address cannot be listened on; nothing is wrong with the request itself, so the reference says 500. */
export function cannotListen(why: string): Refusal {
  return new Refusal(500, why);
}

export const REFUSALS = {
  proxyNotFound: () => new Refusal(404, 'proxy not found'),
  proxyExists: () => new Refusal(409, 'proxy already exists'),
  invalidStream: () => new Refusal(400, 'stream was invalid, can be either upstream or downstream'),
  invalidToxicType: () => new Refusal(400, 'invalid toxic type'),
  toxicExists: () => new Refusal(409, 'toxic already exists'),
  toxicNotFound: () => new Refusal(404, 'toxic not found'),
} as const;
