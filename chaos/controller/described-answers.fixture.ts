/**
 * Holds answers of the API against its OpenAPI document, from which clients are generated: status, media type, headers, body,
 * and that nothing is in the body of which the document does not say a word.
 */
import { Compile, type Validator } from 'typebox/schema';

interface Content {
  schema: object;
  'x-item-schema'?: object;
}
interface Response {
  description: string;
  headers?: Record<string, { schema: object }>;
  content?: Record<string, Content>;
}
export interface Operation {
  operationId: string;
  summary?: string;
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  responses: Record<string, Response>;
}
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: object }> };
}
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Keywords whose schemas are about values of their own, and those whose schemas are about the same value as the one they stand in. */
const INNER_BY_NAME = ['properties', 'patternProperties'];
const INNER = ['items', 'additionalProperties'];
const SAME = ['anyOf', 'allOf'];

export class DescribedAnswers {
  /** Answers that were held against it, `200 GET /v1/status application/json`. */
  readonly seen = new Set<string>();
  readonly #document: OpenApiDocument;
  readonly #components: object;
  readonly #validators = new Map<object, Validator>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#components = { schemas: Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, inside(schema)])) };
  }

  /** All that it says may be answered, as in `seen`, but for refusals. */
  all(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.entries(responses).filter(([status]) => !status.endsWith('XX')).flatMap(([status, { content }]) =>
          Object.keys(content ?? { '': null }).map((type) => `${status} ${method.toUpperCase()} ${path} ${type}`.trim()))));
  }

  /** @param path as it was asked for @returns what differs, one sentence each */
  differences(method: string, path: string, { status, headers, text }: Answer): string[] {
    const asked = path.replace(/\?.*/, '');
    const route = Object.keys(this.#document.paths).find((one) => isRoute(one, asked)) ?? asked;
    const responses = this.#document.paths[route]?.[method.toLowerCase()]?.responses;
    const response = responses?.[status] ?? responses?.[`${Math.floor(status / 100)}XX`];
    const at = `${status} ${method} ${route}`;
    if (response === undefined) return [`${at} is not described`];
    const type = headers.get('content-type')?.replace(/;.*/, '') ?? '';
    this.seen.add(`${at} ${type}`.trim());
    const inHeaders = Object.entries(response.headers ?? {}).filter(([name, { schema }]) => headers.has(name) && !this.#validator(schema).Check(headers.get(name))).map(([name]) => `header ${name}`);
    return [...inHeaders, ...this.#inBody(response, type, text)].map((one) => `${at}: ${one}`);
  }

  #inBody({ content }: Response, type: string, text: string): string[] {
    if (content === undefined) return text === '' ? [] : ['it has a body'];
    const described = content[type];
    return described === undefined ? [`it is ${type}`] : this.#inContent(type, described, text);
  }

  #inContent(type: string, content: Content, text: string): string[] {
    const each = content['x-item-schema'];
    if (each !== undefined) return itemsOf(type, text).flatMap((item) => this.#inValue(each, item));
    return this.#inValue(content.schema, type === 'application/json' ? JSON.parse(text) : text);
  }

  #inValue(schema: object, value: unknown): string[] {
    const validator = this.#validator(schema);
    if (validator.Check(value)) return [];
    const [, errors] = validator.Errors(value);
    return [`${JSON.stringify(value).slice(0, 300)}: ${errors.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ')}`];
  }

  #validator(schema: object): Validator {
    const known = this.#validators.get(schema);
    if (known !== undefined) return known;
    const made = Compile({ ...closed(schema), components: this.#components });
    this.#validators.set(schema, made);
    return made;
  }
}

/** `{path}` is all that follows. */
function isRoute(route: string, path: string): boolean {
  return new RegExp(`^${route.replace('{path}', '.+').replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

function itemsOf(type: string, text: string): unknown[] {
  const items = type === 'text/event-stream' ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data as string) : text.split('\n').slice(0, -1);
  return items.map((item) => JSON.parse(item) as unknown);
}

/** A schema that lets nothing through that it does not say, so far as it says anything. */
function closed(schema: { anyOf?: { type?: string }[] }): object {
  const says = ['$ref', 'properties', ...SAME].some((keyword) => keyword in schema);
  // The validator takes a list for an object here.
  const mayBeList = schema.anyOf?.some(({ type }) => type === 'array') === true;
  return { ...inside(schema), ...(says && !mayBeList ? { unevaluatedProperties: false } : {}) };
}

function inside(schema: object): object {
  return Object.fromEntries(Object.entries(schema).map(([keyword, value]: [string, unknown]) => {
    if (INNER_BY_NAME.includes(keyword)) return [keyword, Object.fromEntries(Object.entries(value as Record<string, object>).map(([name, one]) => [name, closed(one)]))];
    if (SAME.includes(keyword)) return [keyword, (value as object[]).map(inside)];
    return [keyword, INNER.includes(keyword) && typeof value === 'object' ? closed(value as object) : value];
  }));
}
