import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { GoFlagsCommand } from './go-flags.ts';

function parse(...words: string[]): Record<string, unknown> {
  const server = new GoFlagsCommand('server').option('--host <host>').option('--port <port>').option('--proxy-metrics').exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  let got = {};
  server.action((options: object) => {
    got = options;
  });
  new Command('program').enablePositionalOptions().exitOverride().addCommand(server).parse(['server', ...words], { from: 'user' });
  return got;
}

test.each([
  [['-host', 'h', '-port', '1'], { host: 'h', port: '1' }],
  [['--host', 'h', '--port=1'], { host: 'h', port: '1' }],
  [['-host=h', '-port=1', '-proxy-metrics'], { host: 'h', port: '1', proxyMetrics: true }],
  [['-proxy-metrics=true'], { proxyMetrics: true }],
  [['--proxy-metrics=0'], {}],
  [['-host', '-1'], { host: '-1' }],
  [['-host='], { host: '' }],
])('%j is understood', (words, options) => {
  expect(parse(...words)).toEqual(options);
});

test.each([[['-hots', 'h']], [['-proxy-metrics=perhaps']], [['--no-such-flag']], [['-h']], [['word']]])('%j is left to Commander, which refuses or helps', (words) => {
  expect(() => parse(...words)).toThrow(CommanderError);
});
