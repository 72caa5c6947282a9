/**
 * Whether what pages link to is there: files of the checkout, and headings of pages. Guards against the reader who is sent to
 * a section that was renamed. What lies elsewhere (`https:`) is not asked.
 *
 * An anchor is a heading in lower case, without what is neither letter, digit, `_`, `-` nor space, spaces as `-`; the second
 * of a name ends in `-1`. https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb
 */
import { posix } from 'node:path';

const LINK = /!?\[(?:[^\]\\]|\\.)*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;
const ELSEWHERE = /^[a-z][a-z0-9+.-]*:/i;

/**
 * One sentence for each link that leads nowhere.
 * @param pages texts by path inside the checkout, with `/`
 * @param exists whether a path inside the checkout is a file or a folder
 */
export function brokenLinks(pages: ReadonlyMap<string, string>, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([page, text]) =>
    linksOf(text).flatMap((link) => {
      const reason = whyBroken(page, link, pages, exists);
      return reason === null ? [] : [`${page}: ${link}: ${reason}`];
    }),
  );
}

/** Targets of links and pictures that lie in the checkout, as they are written. Code is not read. */
export function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(LINK)].map(([, target = '']) => target).filter((target) => !ELSEWHERE.test(target));
}

function whyBroken(page: string, link: string, pages: ReadonlyMap<string, string>, exists: (path: string) => boolean): string | null {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), decodeURIComponent(path)));
  if (target.startsWith('..') || posix.isAbsolute(path)) return 'it leads out of the checkout';
  if (!exists(target)) return `there is no ${target}`;
  if (anchor === undefined) return null;
  const text = pages.get(target);
  if (text === undefined) return `${target} is no page with headings`;
  return anchorsOf(text).has(anchor) ? null : `${target} has no such heading`;
}

function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const name = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/(`+)[^`](?:[\s\S]*?[^`])?\1(?!`)/g, '');
}

function withoutFences(text: string): string {
  return text.replace(/^( *)(```+|~~~+).*\n[\s\S]*?^\1\2[`~]* *$/gm, '');
}
