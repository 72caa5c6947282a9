/**
 * What an error of Node's HTTP parser is in the catalogue. The parser stops at the first byte it cannot
 * accept, so nothing that follows on the connection may be read as a request any more.
 */
import type { ErrorCode } from '#contracts/errors.ts';

/** A request line longer than this is too long, whatever made the parser stop. */
const REQUEST_LINE_BYTES_MAX = 8 * 1024;

const FRAMING = new Set([
  'HPE_INVALID_CONTENT_LENGTH', 'HPE_UNEXPECTED_CONTENT_LENGTH', 'HPE_INVALID_TRANSFER_ENCODING', 'HPE_INVALID_CHUNK_SIZE',
  'HPE_CHUNK_EXTENSIONS_OVERFLOW', 'HPE_STRICT',
]);
const HEADER = new Set(['HPE_INVALID_HEADER_TOKEN', 'HPE_CR_EXPECTED', 'HPE_LF_EXPECTED', 'HPE_UNEXPECTED_SPACE']);

/**
 * @param packet the bytes among which the error was, as far as known
 * @returns null when the connection broke and nobody is left to be told
 */
export function parserRefusal(code: string, packet: Buffer | undefined): ErrorCode | null {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'AZ_REQUEST_TIMEOUT';
  if (code === 'HPE_HEADER_OVERFLOW') return isLineTooLong(packet) ? 'AZ_URI_TOO_LONG' : 'AZ_HEADERS_TOO_LARGE';
  if (FRAMING.has(code)) return 'AZ_BAD_FRAMING';
  if (code === 'HPE_INVALID_URL') return 'AZ_BAD_TARGET';
  if (code === 'HPE_INVALID_VERSION') return isOtherVersion(packet) ? 'AZ_VERSION' : 'AZ_MALFORMED';
  if (code === 'HPE_INVALID_METHOD') return isUnknownMethod(packet) ? 'AZ_METHOD' : 'AZ_MALFORMED';
  if (HEADER.has(code)) return 'AZ_BAD_HEADER';
  return code.startsWith('HPE_') ? 'AZ_MALFORMED' : null;
}

/** The parser also says so of a line that ends without CR. */
function isOtherVersion(packet: Buffer | undefined): boolean {
  return packet !== undefined && / HTTP\/(?:[02-9]|1\.[2-9])/.test(packet.toString('latin1', 0, 16 * 1024));
}

function isLineTooLong(packet: Buffer | undefined): boolean {
  if (packet === undefined) return false;
  const end = packet.indexOf(0x0a);
  return (end === -1 ? packet.length : end) > REQUEST_LINE_BYTES_MAX;
}

/** A well-formed request line with a method that the parser does not know is no malformed request (RFC 9110, 9.1). */
function isUnknownMethod(packet: Buffer | undefined): boolean {
  return packet !== undefined && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64} [!-~]+ HTTP\/1\.[01]\r?\n/.test(packet.toString('latin1', 0, 16 * 1024));
}
