/**
 * Reads the text of a document that somebody names: a file, or what a shell hands over as one (`/dev/stdin`, `<(…)`), and
 * never more than a document can have. Guards against a wrong path that reads without end (a device, a disk image) or waits
 * without end (a named pipe).
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { CHARACTERS_MAX } from './reading/read.ts';

/** No document that is read is refused for it: four bytes are a character's most. */
const BYTES_MAX = 4 * CHARACTERS_MAX;
const FROM_SHELL = /^\/(?:dev|proc\/self)\/(?:fd\/\d+|stdin)$/;

/**
 * @param asked what it is called to whoever named it
 * @throws CommandFailure USAGE when it cannot be read, is no file, or is longer than any document
 */
export function readDocumentText(path: string, asked: string): string {
  let file: number | null = null;
  try {
    // A named pipe that nobody writes to would be waited for here; one of the shell has its writer, who may be slow.
    file = openSync(path, FROM_SHELL.test(path) ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    const isReadable = found.isFile() || (found.isFIFO() && FROM_SHELL.test(path));
    if (!isReadable) throw new CommandFailure(`${asked} is ${kindOf(found)}, and no file.`, EXIT.USAGE, 'Give the path of a YAML or JSON file.');
    return readBounded(file, asked);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${asked} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, EXIT.USAGE);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** Not by the size that the file system says: it is 0 of a pipe, and a file may grow. */
function readBounded(file: number, asked: string): string {
  const buffer = Buffer.allocUnsafe(BYTES_MAX + 1);
  let length = 0;
  for (;;) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    length += read;
    if (length > BYTES_MAX) throw new CommandFailure(`${asked} is longer than any document: it has more than ${BYTES_MAX} bytes.`, EXIT.USAGE, `A document has at most ${CHARACTERS_MAX} characters.`);
    if (read === 0) return buffer.toString('utf8', 0, length);
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  return found.isFIFO() ? 'a named pipe' : 'a device';
}
