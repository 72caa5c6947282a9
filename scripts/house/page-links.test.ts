import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tool.ts';
import { brokenLinks, linksOf } from './page-links.ts';

/** Those that people read. */
const paths = [
  'README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];
const pages = new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));

test('every link of every page leads to a file that is there, and to a heading that it has', () => {
  expect([...pages.values()].flatMap(linksOf).length).toBeGreaterThan(pages.size);
  expect(brokenLinks(pages, (path) => existsSync(join(ROOT, path)))).toEqual([]);
});

test('every page below docs can be come to from the README, runbooks by their folder', () => {
  const linked = linksOf(pages.get('README.md') ?? '').map((link) => link.split('#')[0] ?? '');
  expect(paths.filter((path) => path.startsWith('docs/') && !linked.some((link) => link === path || path.startsWith(`${link}/`)))).toEqual([]);
});

/** A page beside another, and what there is. */
const broken = (text: string): string[] =>
  brokenLinks(new Map([['docs/a.md', text], ['README.md', '# Top\n\n## Break it\n\n## What it shows: `kill`, 2 of [them](docs/a.md)\n\n## Break it\n\n```sh\n## no heading\n```\n']]), (path) => ['docs/a.md', 'README.md', 'docs', 'kit/a.ts'].includes(path));

test.each<[what: string, text: string, reason: string]>([
  ['a file that is not there', '[x](b.md)', 'there is no docs/b.md'],
  ['a file that is there elsewhere', '[x](README.md)', 'there is no docs/README.md'],
  ['a picture that is not there', '![x](x.svg)', 'there is no docs/x.svg'],
  ['a heading that is not there', '[x](../README.md#break)', 'README.md has no such heading'],
  ['a heading of its own that is not there', '# A\n\n[x](#b)', 'docs/a.md has no such heading'],
  ['a third heading of two', '[x](../README.md#break-it-2)', 'README.md has no such heading'],
  ['what only looks like a heading', '[x](../README.md#no-heading)', 'README.md has no such heading'],
  ['a heading of a source', '[x](../kit/a.ts#L3)', 'kit/a.ts is no page with headings'],
  ['what lies outside', '[x](../../other)', 'it leads out of the checkout'],
  ['what the root of a site would be', '[x](/README.md)', 'it leads out of the checkout'],
  ['a link with code for its text', '[`x`](b.md)', 'there is no docs/b.md'],
])('%s is found', (_what, text, reason) => {
  expect(broken(text)).toEqual([`docs/a.md: ${linksOf(text)[0]}: ${reason}`]);
});

test.each([
  '[x](../README.md)', '[x](..//README.md "title")', '[x](<../README.md>)', '[x](.)', '[x](../README.md#break-it-1)', '[x](../README.md#what-it-shows-kill-2-of-them)',
  '# Über `a_b`, c-d\n\n[x](#über-a_b-c-d)', '[x](https://example.org/y.md) <https://example.org>', '`[x](b.md)` and ``a ` [x](b.md)``', '```md\n[x](b.md)\n```\n',
])('what leads somewhere, or is no link, is let pass: %s', (text) => {
  expect(broken(text)).toEqual([]);
});
