/**
 * A YAML text read with its positions: mappings with merge keys and aliases resolved, scalars with their
 * variables substituted, and every complaint tied to the line it is about. It guards against what a plain
 * parse hides: a key given twice, a value that another YAML reader would take for something else, an anchor
 * that contains itself.
 * Reference: YAML 1.2.2; merge keys as in the YAML 1.1 type repository, which Compose supports too.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, Node, YAMLMap } from 'yaml';
import type { Problem } from './problem.ts';
import { substitute, type Variables } from './variables.ts';

/** One key of a mapping. `at` is where to point when it is wrong. */
export interface Entry {
  key: string;
  at: Node;
  value: Node | null;
}

/** A scalar's text after substitution, and where it stands. */
export interface Text {
  text: string;
  at: Node;
}

export class YamlSource {
  readonly root: Node | null;
  /** The text is no sound YAML: what it says beyond the problems found so far is guesswork. */
  readonly isBroken: boolean;
  /** Where the text uses a variable first, and with which default. */
  readonly variables = new Map<string, { fallback: string; at: Node }>();
  readonly #file: string;
  readonly #given: Variables;
  readonly #lines = new LineCounter();
  readonly #problems = new Map<string, Problem>();
  readonly #anchored = new Map<Alias, Node>();
  readonly #entries = new Map<YAMLMap, Map<string, Entry>>();
  readonly #open = new Set<YAMLMap>();

  constructor(text: string, file: string, variables: Variables) {
    this.#file = file;
    this.#given = variables;
    const options = { version: '1.2', uniqueKeys: false, prettyErrors: false, lineCounter: this.#lines } as const;
    const document: Document = parseDocument(text, options);
    this.root = document.contents;
    for (const error of document.errors) this.#add(error.pos[0], `is not YAML: ${error.message}`);
    this.#resolveAliases(document);
    this.isBroken = this.#problems.size > 0;
    this.#checkVariables(document);
  }

  /** Everything that was complained about, in the order of the file. */
  problems(): Problem[] {
    return [...this.#problems.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  report(at: Node | null, message: string): void {
    this.#add(at?.range?.[0] ?? 0, message);
  }

  /** Line on which a node begins. */
  line(at: Node): number {
    return this.#lines.linePos(at.range?.[0] ?? 0).line;
  }

  /** Keys of a mapping in the order of the file, those of merged mappings first; nothing if it is none. */
  entries(node: Node | null, what: string): Entry[] {
    const map = this.#resolve(node);
    if (!isMap(map)) {
      if (map !== null) this.report(node, `${what} must be a mapping ("key: value")`);
      return [];
    }
    return [...this.#expand(map, what).values()];
  }

  /** Items of a sequence; nothing if it is none. */
  items(node: Node | null, what: string): Node[] {
    const list = this.#resolve(node);
    if (isSeq(list)) return list.items as Node[];
    this.report(node, `${what} must be a list ("[a, b]")`);
    return [];
  }

  /** A text or a number as text; null, after a complaint, for anything else. */
  text(node: Node | null, what: string, at: Node | null = node): Text | null {
    const scalar = this.#resolve(node);
    if (!isScalar(scalar) || scalar.value === null) {
      this.report(node ?? at, `${what} needs a value`);
      return null;
    }
    const { value, source } = scalar;
    if (typeof value === 'string') return { text: substitute(value, this.#given).text, at: node ?? scalar };
    if (typeof value === 'number' && String(value) === source) return { text: source, at: node ?? scalar };
    this.report(node, `${what} is ${String(source)}: put it in quotes, so that every YAML reader takes it for the same text`);
    return null;
  }

  /** `true` or `false` as written; null, after a complaint, for anything else. */
  flag(node: Node | null, what: string): boolean | null {
    const scalar = this.#resolve(node);
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value;
    this.report(node, `${what} must be true or false`);
    return null;
  }

  /** Whether there is anything at all behind a key. */
  isEmpty(node: Node | null): boolean {
    const found = this.#resolve(node);
    return found === null || (isScalar(found) && found.value === null);
  }

  #add(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    // An anchor's content is read once per use, but wrong only once.
    const key = `${line}:${col}:${message}`;
    this.#problems.set(key, { file: this.#file, line: Math.max(1, line), column: Math.max(1, col), message });
  }

  #resolveAliases(document: Document): void {
    const anchors = new Map<string, Node>();
    visit(document, (_key, node) => {
      if (isAlias(node)) {
        const found = anchors.get(node.source);
        if (found === undefined) this.report(node, `no anchor &${node.source} stands above *${node.source}`);
        else this.#anchored.set(node, found);
      } else if (isMap(node) || isSeq(node) || isScalar(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        if (node.tag !== undefined) this.report(node, `tag ${node.tag} is not understood: remove it`);
      }
    });
  }

  /** Everywhere, also in what nobody reads here: Docker does. */
  #checkVariables(document: Document): void {
    visit(document, {
      Scalar: (key, node) => {
        if (typeof node.value !== 'string' || !node.value.includes('$')) return;
        if (key === 'key') return this.report(node, 'variables are not substituted in keys');
        const { uses, problems } = substitute(node.value, this.#given);
        for (const problem of problems) this.report(node, problem);
        for (const { name, fallback, problem } of uses) {
          const first = this.variables.get(name);
          if (first === undefined) {
            this.variables.set(name, { fallback, at: node });
            // Wrong wherever it is used, said once.
            if (problem !== null) this.report(node, problem);
          } else if (first.fallback !== fallback) {
            this.report(node, `variable ${name} has the default "${fallback}" here and "${first.fallback}" on line ${this.line(first.at)}`);
          }
        }
      },
    });
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (this.#anchored.get(node) ?? null) : node;
  }

  #expand(map: YAMLMap, what: string): Map<string, Entry> {
    const known = this.#entries.get(map);
    if (known !== undefined) return known;
    const own = new Map<string, Entry>();
    this.#open.add(map);
    for (const pair of map.items) {
      const keyNode = pair.key as Node | null;
      const value = pair.value as Node | null;
      if (!isScalar(keyNode) || typeof keyNode.value !== 'string') {
        this.report(keyNode ?? map, `a key of ${what} is no plain text`);
        continue;
      }
      const key = keyNode.value;
      const first = own.get(key);
      if (first === undefined) own.set(key, { key, at: keyNode, value });
      else this.report(keyNode, `"${key}" stands twice in ${what}, first on line ${this.line(first.at)}`);
    }
    const merge = own.get('<<');
    const all = new Map<string, Entry>();
    // The first of several merged mappings wins, and the mapping's own keys win over all.
    for (const entry of merge === undefined ? [] : this.#merge(merge.value, what)) if (!all.has(entry.key)) all.set(entry.key, entry);
    for (const [key, entry] of own) if (key !== '<<') all.set(key, entry);
    this.#open.delete(map);
    this.#entries.set(map, all);
    return all;
  }

  #merge(node: Node | null, what: string): Entry[] {
    const found = this.#resolve(node);
    const sources = isSeq(found) ? (found.items as Node[]) : [node];
    return sources.flatMap((source) => {
      const map = this.#resolve(source);
      if (isMap(map) && !this.#open.has(map)) return [...this.#expand(map, what).values()];
      this.report(source ?? node, `"<<" takes a mapping or a list of mappings that do not contain it, such as <<: *name`);
      return [];
    });
  }
}
