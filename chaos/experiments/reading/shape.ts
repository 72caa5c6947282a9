/**
 * Compares a document with its schema and says what is wrong in words: which field, what it must be, which name was
 * probably meant. A validator's own errors name a schema's branches instead ("must match anyOf"), once for each.
 * Understands the keywords that `contracts/experiment-schema.ts` uses, no others; a test compares it with TypeBox.
 *
 * Which branch of a union was meant: the one whose constant (`kind`) is there, else the one whose first required
 * field is (a verb), else the one of which any is.
 */
import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { nearestName } from '#chaos/injector/nearest-name.ts';
import type { Path, Source } from './source.ts';

/** The part of JSON Schema that is understood here. */
export interface Schema {
  type?: string;
  title?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  minItems?: number;
  uniqueItems?: boolean;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

const SHOWN_MAX = 40;

/** Reports to `source` whatever is not as the schema wants it. */
export function checkShape(source: Source, schema: Schema): void {
  new ShapeCheck(source).check(schema, source.root, []);
}

class ShapeCheck {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  check(schema: Schema, node: Node | null, path: Path): void {
    if (schema.anyOf !== undefined) this.#oneOf(schema, schema.anyOf, node, path);
    else if (schema.type === 'object') this.#object(schema, node, path);
    else if (schema.type === 'array') this.#array(schema, node, path);
    else this.#scalar(schema, node, path);
  }

  /** @param told field about which all has been said */
  #object(schema: Schema, node: Node | null, path: Path, told: string | null = null): void {
    if (!isMap(node)) return this.#refuse(schema, node, path);
    const { properties = {}, required = [] } = schema;
    const given = fieldsOf(node);
    for (const [name, pair] of given) {
      if (name === told) continue;
      const below = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const at = [...path, name];
      if (below !== undefined) this.check(below, pair.value as Node | null, at);
      else this.#source.report(at, `there is no such field here${suggestion(name, Object.keys(properties))}`, pair.key as Node);
    }
    for (const name of required) if (!given.has(name) && name !== told) this.#source.report([...path, name], 'this field is missing', node);
  }

  #array(schema: Schema, node: Node | null, path: Path): void {
    if (!isSeq(node)) return this.#source.report(path, `${shown(node)}must be a list, such as [a, b]`);
    if (node.items.length < (schema.minItems ?? 0)) this.#source.report(path, 'the list is empty');
    const seen = new Set<unknown>();
    for (const [index, item] of (node.items as (Node | null)[]).entries()) {
      this.check(schema.items ?? {}, item, [...path, index]);
      if (schema.uniqueItems !== true || !isScalar(item)) continue;
      if (seen.has(item.value)) this.#source.report([...path, index], `${String(item.value)} stands here twice`);
      seen.add(item.value);
    }
  }

  #scalar(schema: Schema, node: Node | null, path: Path): void {
    if (isScalar(node) && holds(schema, node.value)) return;
    this.#refuse(schema, node, path);
  }

  #oneOf(union: Schema, branches: readonly Schema[], node: Node | null, path: Path): void {
    if (!isMap(node)) {
      const fitting = branches.filter(({ type }) => type !== 'object');
      if (!isScalar(node) || !fitting.some((branch) => holds(branch, node.value))) this.#refuse(union, node, path);
      return;
    }
    const objects = branches.filter(({ type }) => type === 'object');
    if (objects.length === 0) return this.#refuse(union, node, path);
    const given = fieldsOf(node);
    const constant = discriminatorOf(objects);
    if (constant !== null) {
      const value = valueOf(given.get(constant));
      const all = objects.map((branch) => String(branch.properties?.[constant]?.const));
      const meant = meantOf(value, all);
      if (meant !== value) this.#source.report([...path, constant], `${shownValue(value)}must be ${listed(all)}${suggestion(String(value ?? ''), all)}`);
      // The rest is compared all the same, so that one look finds all mistakes.
      return this.#object(objects[all.indexOf(meant)] as Schema, node, path, meant === value ? null : constant);
    }
    const meant = objects.find(({ required: [first] = [] }) => first !== undefined && given.has(first)) ?? objects.find(({ required = [] }) => required.some((name) => given.has(name)));
    if (meant !== undefined) return this.#object(meant, node, path);
    const first = objects.map((branch) => branch.required?.[0] ?? '');
    const guess = [...given.keys()].map((name) => suggestion(name, first)).find((text) => text !== '');
    this.#source.report(path, `this must be ${union.title ?? 'something else'}: ${first.join(', ')}${guess ?? ''}`);
  }

  #refuse(schema: Schema, node: Node | null, path: Path): void {
    const names = (schema.enum ?? [schema.const, ...(schema.anyOf ?? []).map((branch) => branch.const)]).filter((one) => typeof one === 'string');
    const text = isScalar(node) ? String(node.value) : '';
    const quoted = isScalar(node) && typeof node.value !== 'string' && node.value !== null && schema.type === 'string' && holds(schema, text);
    this.#source.report(path, `${shown(node)}must be ${wanted(schema)}${quoted ? '; put it in quotes' : suggestion(text, names)}`);
  }
}

/** Which of the names somebody meant; the first is the commonest. */
export function meantOf<Name extends string>(value: unknown, names: readonly Name[]): Name {
  const text = String(value ?? '');
  return names.find((name) => name === value) ?? (text === '' ? null : (nearestName(text, names) as Name | null)) ?? (names[0] as Name);
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Whether a plain value is what a schema without parts wants. */
function holds(schema: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  if (schema.anyOf !== undefined) return schema.anyOf.some((branch) => holds(branch, value));
  if (schema.type === 'boolean') return typeof value === 'boolean';
  if (schema.type === 'number' || schema.type === 'integer') return isWithin(schema, value);
  if (schema.type !== 'string' || typeof value !== 'string') return false;
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  return value.length >= minLength && value.length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(value));
}

function isWithin({ type, minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity }: Schema, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || (type === 'integer' && !Number.isInteger(value))) return false;
  return value >= minimum && value <= maximum && value > exclusiveMinimum;
}

function wanted({ title, const: constant, enum: names, type }: Schema): string {
  if (title !== undefined) return title;
  if (constant !== undefined) return String(constant);
  if (names !== undefined) return `one of ${names.join(', ')}`;
  return type === 'object' ? 'fields, such as "name: value"' : `a ${type ?? 'value'}`;
}

/** The field whose constants tell all branches apart; null when there is none. */
function discriminatorOf(branches: readonly Schema[]): string | null {
  const names = Object.keys(branches[0]?.properties ?? {});
  return names.find((name) => new Set(branches.map(({ properties }) => properties?.[name]?.const ?? name)).size === branches.length && branches.length > 1) ?? null;
}

/** Keys are plain text: {@link Source} sees to it. */
function fieldsOf(map: YAMLMap): Map<string, Pair> {
  return new Map(map.items.map((pair) => [String((pair.key as Scalar).value), pair]));
}

function valueOf(pair: Pair | undefined): unknown {
  return isScalar(pair?.value) ? pair.value.value : undefined;
}

function suggestion(text: string, names: readonly string[]): string {
  const nearest = text === '' ? null : nearestName(text, names);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

function shown(node: Node | null): string {
  if (isScalar(node)) return shownValue(node.value);
  return isMap(node) || isSeq(node) ? 'this ' : 'it is empty and ';
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'it is empty and ';
  const text = String(value);
  return `"${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}" `;
}
