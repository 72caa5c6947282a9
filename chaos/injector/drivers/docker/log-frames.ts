/**
 * The lines in a container's log as the engine hands it over: chunks of standard output and error, each behind eight
 * bytes that say which and how long. Guards against start failures that begin with control characters.
 * Reference: Docker Engine API, "Attach to a container", stream format.
 */
const HEAD_BYTES = 8;

export function logLines(log: Buffer): string[] {
  const chunks: Buffer[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= log.length) {
    const from = at + HEAD_BYTES;
    const to = from + log.readUInt32BE(at + 4);
    chunks.push(log.subarray(from, to));
    at = to;
  }
  return Buffer.concat(chunks).toString('utf8').split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
}
