/**
 * What a link's command says of its API: flags as Go's flag package reads them, which is how Toxiproxy does
 * (`-port 8474`, `--port 8474`, `-port=8474`, `--port=8474`; the last one counts).
 */
import type { Text } from './yaml-source.ts';

/** Toxiproxy's own default. */
const API_PORT = 8474;

/** Port of the API; NaN for a text that is no number. */
export function apiPortOf(command: readonly Text[]): number {
  const port = flagOf(command, 'port');
  return port === null ? API_PORT : Number(port.text);
}

/** Null if the command has no such flag; an empty text for one without a value. */
export function flagOf(command: readonly Text[], flag: 'host' | 'port'): Text | null {
  let found: Text | null = null;
  for (const [index, { text, at }] of command.entries()) {
    const [, name, value] = /^--?([a-z-]+)(?:=(.*))?$/.exec(text) ?? [];
    if (name !== flag) continue;
    found = value === undefined ? (command[index + 1] ?? { text: '', at }) : { text: value, at };
  }
  return found;
}
