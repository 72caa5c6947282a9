/**
 * Markup (XML, SVG, HTML) as text, with everything escaped that could end an attribute or an element. Guards against a
 * reason or a title that becomes markup, and against a file that no parser takes: characters that XML 1.0 cannot hold
 * even as a reference (section 2.2) become U+FFFD.
 */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Children are markup already; without any the element closes itself, which HTML takes for void elements and inside SVG alone. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${inAttribute(typeof value === 'number' ? rounded(value) : (value ?? ''))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Text as the content of an element. */
export function escaped(text: string | number): string {
  return withoutIllegal(String(text)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A parser would make spaces of line ends and tabs in attributes. */
function inAttribute(text: string): string {
  return escaped(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function withoutIllegal(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}');
}

/** A tenth of a pixel is seen by nobody and halves the file. */
function rounded(value: number): string {
  return String(Number(value.toFixed(1)));
}
