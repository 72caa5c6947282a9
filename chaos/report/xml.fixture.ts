/**
 * A strict reader of the XML that reports are made of: elements, attributes, the five entities and character references.
 * It throws on whatever XML 1.0 forbids, so that a test which reads a report has validated it.
 */
export interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  /** Of the element itself, without its children's; line ends around children left out. */
  text: string;
}

const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const TAG = /^<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element. @throws Error where the text is not well-formed */
export function parseXml(source: string): Node {
  if (!source.isWellFormed() || ILLEGAL.test(source)) throw new Error('a character that XML cannot hold');
  let rest = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  const top: Node = { name: '', attributes: {}, children: [], text: '' };
  const open: Node[] = [top];
  while (rest !== '') {
    const here = open.at(-1) as Node;
    if (!rest.startsWith('<')) {
      const end = rest.indexOf('<') === -1 ? rest.length : rest.indexOf('<');
      here.text += decoded(rest.slice(0, end));
      rest = rest.slice(end);
      continue;
    }
    const tag = TAG.exec(rest);
    if (tag === null) throw new Error(`no tag: ${rest.slice(0, 60)}`);
    const [all, closes, name = '', attributes = '', empty] = tag;
    rest = rest.slice(all.length);
    if (closes === '/') {
      if (here.name !== name) throw new Error(`<${here.name}> is closed by </${name}>`);
      open.pop();
      continue;
    }
    const node: Node = { name, attributes: attributesOf(attributes), children: [], text: '' };
    here.children.push(node);
    if (empty !== '/') open.push(node);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  if (top.children.length !== 1 || top.text.trim() !== '') throw new Error('a document has one root');
  return top.children[0] as Node;
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} is there twice`);
    // A parser makes a space of a line end that is not a reference.
    attributes[name] = decoded(value.replace(/[\t\n\r]/g, ' '));
  }
  return attributes;
}

function decoded(text: string): string {
  if (text.includes(']]>')) throw new Error('"]]>" outside a CDATA section');
  return text.replace(/&(#?\w*;?)/g, (_all, name: string) => {
    const entity = name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1, -1))) : ENTITIES[name.slice(0, -1)];
    if (!name.endsWith(';') || entity === undefined) throw new Error(`"&${name}" is no reference`);
    return entity;
  });
}
