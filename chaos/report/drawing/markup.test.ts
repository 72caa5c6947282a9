import { expect, it } from 'vitest';
import { element, escaped } from './markup.ts';

it('lets no text end what it stands in', () => {
  expect(element('a', { title: '"><script>&' }, escaped('</a><b>'))).toBe('<a title="&quot;&gt;&lt;script&gt;&amp;">&lt;/a&gt;&lt;b&gt;</a>');
});

it('replaces what XML cannot hold, and keeps the rest of Unicode', () => {
  expect(escaped('a\u0000b\u001bc\u{d800}d\uffffe')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
  expect(escaped('tab\tline\n± é 🍕')).toBe('tab\tline\n± é 🍕');
});

it('keeps line ends of attributes, which a parser would make spaces of', () => {
  expect(element('a', { text: 'one\ntwo' })).toBe('<a text="one&#10;two"/>');
});

it('leaves out attributes without a value, and writes figures to a tenth', () => {
  expect(element('a', { x: 1.26, y: undefined }, '')).toBe('<a x="1.3"></a>');
});
