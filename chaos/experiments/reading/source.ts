/**
 * A document's text as YAML with positions. It guards against what a plain parse hides: a key given twice, a tag, an
 * anchor (what stands elsewhere cannot be read where it counts, and nests without end), a second document below.
 * Reference: YAML 1.2.2, core schema. JSON is a part of it.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Pair } from 'yaml';
import type { Problem } from '#kit/region/problem.ts';

/** Keys and indices from the root: `['phases', 2, 'hold']`. */
export type Path = readonly (string | number)[];

export class Source {
  readonly root: Node | null;
  /** The text is no sound YAML: what it would say is guesswork. */
  readonly isBroken: boolean;
  readonly #file: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #problems: Problem[] = [];
  readonly #brokenFields = new Set<string>();

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, { version: '1.2', prettyErrors: false, lineCounter: this.#lines });
    this.root = this.#document.contents;
    for (const error of [...this.#document.errors, ...this.#document.warnings]) this.#add(error.pos[0], `this is not YAML: ${error.message}`);
    visit(this.#document, {
      Alias: (_key, node) => this.#add(offsetOf(node), `*${node.source} stands for something written elsewhere: write it out here`),
      Pair: (_key, { key }) => {
        if (!isScalar(key) || typeof key.value !== 'string') this.#add(offsetOf(key as Node | null), 'a field has a plain text for its name');
      },
    });
    this.isBroken = this.#problems.length > 0;
  }

  /** All that was complained about, in the order of the file. */
  problems(): Problem[] {
    return this.#problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
  }

  /** Fields of the document about which, or about whose parts, there was a complaint until now. */
  brokenFields(): ReadonlySet<string> {
    return new Set(this.#brokenFields);
  }

  /** The text as plain values; only of a source that is not broken. */
  value(): unknown {
    return this.#document.toJS();
  }

  /** @param at where it stands; else what lies nearest above it is pointed to */
  report(path: Path, message: string, at: Node | null = this.#nearest(path)): void {
    if (typeof path[0] === 'string') this.#brokenFields.add(path[0]);
    this.#add(offsetOf(at), `${pathText(path)}${message}`);
  }

  #nearest(path: Path): Node | null {
    let node = this.root;
    for (const step of path) {
      const below = isMap(node) ? (pairOf(node.items, step)?.value ?? pairOf(node.items, step)?.key) : isSeq(node) ? node.items[Number(step)] : null;
      if (below === null || below === undefined) return node;
      node = below as Node;
    }
    return node;
  }

  #add(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#problems.push({ file: this.#file, line: Math.max(1, line), column: Math.max(1, col), message });
  }
}

function pairOf(pairs: readonly Pair[], key: string | number): Pair | undefined {
  return pairs.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

/** `phases[2].hold: `; nothing for the document itself. */
function pathText(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}
