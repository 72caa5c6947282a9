/**
 * What a route answers with one status, as the OpenAPI document says it. A sequence, such as NDJSON or server-sent events,
 * has a schema for each of its items: OpenAPI has that from 3.2 on (`itemSchema`), and few tools read 3.2, so it stands beside
 * the schema of the text as an extension. Reference: OpenAPI 3.1.1, "Response Object".
 */
import { Type, type TSchema } from 'typebox';

export interface ApiContent {
  schema: TSchema;
  /** Of one item of a sequence. */
  'x-item-schema'?: TSchema;
}

export interface ApiAnswer {
  /** What it says, a few words. */
  description: string;
  /** Beside its type, by name in lower case. */
  headers?: Readonly<Record<string, TSchema>>;
  /** By media type; absent for an answer without a body. */
  content?: Readonly<Record<string, ApiContent>>;
}

/** By status. */
export type ApiAnswers = Readonly<Record<number, ApiAnswer>>;

export function json(description: string, schema: TSchema, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  return { description, headers, content: { 'application/json': { schema } } };
}

export function nothing(description: string): ApiAnswer {
  return { description };
}

export function sequence(description: string, mediaType: string, each: TSchema, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  return { description, headers, content: { [mediaType]: { schema: Type.String(), 'x-item-schema': each } } };
}
