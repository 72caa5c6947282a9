/**
 * Reads a TypeScript source just far enough for the house rules: what is code, what is comment, and which
 * modules it names. Text inside comments, strings, templates and regular expressions is blanked out of
 * `code`, so that a rule about `Date.now` is not broken by a sentence about it. No parser, because
 * TypeScript 7 has none to call and a rule that reads zero modules passes vacuously.
 *
 * A slash opens a regular expression where a value may begin: at the start, after an operator or bracket
 * that opens something, or after a word such as `return` (ECMA-262, 12.1, the lexical goals).
 */
export interface Source {
  /** As long as the text, line breaks kept. */
  code: string;
  comments: { at: number; text: string }[];
  imports: ModuleName[];
  /** Positions of `import(…)` whose argument is no plain string. */
  computedImports: number[];
}

export interface ModuleName {
  at: number;
  name: string;
  /** `import type` or `export type`: nothing of it is left at run time. */
  typeOnly: boolean;
}

const VALUE_MAY_BEGIN = /(?:^|[([{}=,;:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|await|yield|throw|new|delete|void))\s*$/;
const NAMED_IMPORT = /\b(import|export)\b(\s+type\b)?[^;'"`()]*?\bfrom\s*(?=['"])/g;
const BARE_IMPORT = /\bimport\s*(?=['"])/g;
const DYNAMIC_IMPORT = /\bimport\s*\(\s*/g;

export function readSource(text: string): Source {
  const { code, comments, strings } = separate(text);
  const imports: ModuleName[] = [];
  const computedImports: number[] = [];
  for (const match of code.matchAll(NAMED_IMPORT)) add(match.index, match.index + match[0].length, match[2] !== undefined);
  for (const match of code.matchAll(BARE_IMPORT)) add(match.index, match.index + match[0].length, false);
  for (const match of code.matchAll(DYNAMIC_IMPORT)) {
    const end = match.index + match[0].length;
    if (strings.has(end)) add(match.index, end, false);
    else computedImports.push(match.index);
  }
  return { code, comments, imports, computedImports };

  function add(at: number, stringAt: number, typeOnly: boolean): void {
    const name = strings.get(stringAt);
    if (name !== undefined) imports.push({ at, name, typeOnly });
  }
}

/** Line number (from 1) of a position. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Splits a text into code with everything else blanked, comments, and plain strings by their position. */
function separate(text: string): { code: string; comments: Source['comments']; strings: Map<number, string> } {
  let code = '';
  const comments: Source['comments'] = [];
  const strings = new Map<number, string>();
  // Depth of braces inside each open `${…}`; empty outside every template.
  const templates: number[] = [];
  let at = 0;

  const blank = (end: number, keepEdges: boolean): void => {
    const piece = text.slice(at, end);
    const hidden = piece.replace(/[^\n]/g, ' ');
    code += keepEdges && piece.length > 1 ? `${piece[0]}${hidden.slice(1, -1)}${piece.at(-1)}` : hidden;
    at = end;
  };

  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const one = text[at] ?? '';
    if (two === '//' || two === '/*') {
      const close = two === '//' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2;
      const end = close < at + 2 ? text.length : close;
      comments.push({ at, text: text.slice(at, end) });
      blank(end, false);
    } else if (one === '"' || one === "'") {
      const end = endOfQuoted(text, at, one);
      strings.set(at, text.slice(at + 1, end - 1));
      blank(end, true);
    } else if (one === '`') {
      const { end, opens } = endOfTemplate(text, at + 1);
      blank(end, false);
      if (opens) templates.push(0);
    } else if (one === '/' && VALUE_MAY_BEGIN.test(code.slice(-40))) {
      blank(endOfRegExp(text, at), false);
    } else if (one === '}' && templates.at(-1) === 0) {
      templates.pop();
      const { end, opens } = endOfTemplate(text, at + 1);
      blank(end, false);
      if (opens) templates.push(0);
    } else {
      const depth = templates.length - 1;
      if (depth >= 0 && one === '{') templates[depth] = (templates[depth] ?? 0) + 1;
      if (depth >= 0 && one === '}') templates[depth] = (templates[depth] ?? 0) - 1;
      code += one;
      at += 1;
    }
  }
  return { code, comments, strings };
}

function endOfQuoted(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

/** From inside a template to its closing backtick or to the next `${`. */
function endOfTemplate(text: string, start: number): { end: number; opens: boolean } {
  let at = start;
  while (at < text.length && text[at] !== '`') {
    if (text.startsWith('${', at)) return { end: at + 2, opens: true };
    at += text[at] === '\\' ? 2 : 1;
  }
  return { end: Math.min(at + 1, text.length), opens: false };
}

function endOfRegExp(text: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true;
    if (text[at] === ']') inClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}
