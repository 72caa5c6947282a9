/** Which documents are shipped, by name, and where each lies. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('documents/', import.meta.url));
/** Of the files of documents. */
export const DOCUMENT_ENDING = '.yaml';

/** In the order in which they are listed to people. */
export function shippedNames(): string[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith(DOCUMENT_ENDING)).map((file) => basename(file, DOCUMENT_ENDING)).sort();
}

export function shippedPath(name: string): string {
  return `${FOLDER}${name}${DOCUMENT_ENDING}`;
}

/** Whether somebody means a file: with a slash, or ending in .yaml, .yml or .json. */
export function isPath(asked: string): boolean {
  return /[/\\]|\.(?:ya?ml|json)$/.test(asked);
}
