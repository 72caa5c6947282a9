/**
 * Schemas as an OpenAPI document has them: each that has a name stands once under `components/schemas` and is referred to
 * elsewhere, and an enumeration says what type its values have, without which generators of clients make no type of it. Pure.
 */
export class SchemaReferences {
  readonly #names: ReadonlyMap<unknown, string>;
  /** The named ones themselves. */
  readonly components: Readonly<Record<string, object>>;

  /** @param named by name; what is referred to is the same object, not one that looks like it */
  constructor(named: Readonly<Record<string, object>>) {
    this.#names = new Map(Object.entries(named).map(([name, schema]) => [schema, name]));
    this.components = Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, this.#inside(schema)]));
  }

  /** A copy in which references stand for the named, at any depth. */
  refer<Value>(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value;
    const name = this.#names.get(value);
    return (name === undefined ? this.#inside(value) : { $ref: `#/components/schemas/${name}` }) as Value;
  }

  #inside(value: object): object {
    if (Array.isArray(value)) return value.map((one) => this.refer(one));
    return { ...typeOfValues(value), ...Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.refer(one)])) };
  }
}

function typeOfValues(schema: { enum?: unknown }): { type?: 'string' | 'integer' } {
  if (!Array.isArray(schema.enum)) return {};
  if (schema.enum.every((value) => typeof value === 'string')) return { type: 'string' };
  return schema.enum.every(Number.isInteger) ? { type: 'integer' } : {};
}
