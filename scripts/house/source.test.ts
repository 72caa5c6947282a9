import { expect, test } from 'vitest';
import { lineAt, readSource } from './source.ts';

const names = (text: string): string[] => readSource(text).imports.map((one) => one.name);

test('every form of import is seen', () => {
  expect(names(`
    import a from 'a';
    import { b, type B } from "b";
    import * as c from 'c';
    import type { D } from 'd';
    import 'e';
    export * from 'f';
    export { g } from 'g';
    const h = await import('h');
    import { i } from 'i'; import { j } from 'j';
  `).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
});

test('an import inside a comment, a string, a template or a regular expression is none', () => {
  expect(names("// import 'a'\n/* import 'b' */ const c = \"import 'c'\", d = `import 'd'`, e = /import 'e'/;")).toEqual([]);
});

test('a division is not taken for a regular expression, which would hide the code behind it', () => {
  expect(readSource("const a = b / 2; const c = 'x'; d(1) / e[0] / Date.now()").code).toContain('Date.now()');
});

test('code inside a template expression stays code, nested ones too', () => {
  const { code } = readSource('const a = `x ${b({ c: `y ${Date.now()} z` })} w`; end();');
  expect(code).toContain('Date.now()');
  expect(code).toContain('end();');
  expect(code).not.toContain('y ');
});

test('an escaped quote does not end a string, and an unended one does not swallow the file', () => {
  expect(names("const a = 'it\\'s'; import 'b';")).toEqual(['b']);
  expect(names("const a = 'oops\nimport 'b';")).toEqual(['b']);
});

test('positions and line breaks are kept', () => {
  const text = "/* a\n b */\nimport 'c';";
  const { code, imports } = readSource(text);
  expect(code.split('\n')).toHaveLength(3);
  expect(lineAt(text, imports[0]?.at ?? 0)).toBe(3);
});
