/**
 * The catalogue of errors that programs of the region answer with: a stable code, an HTTP status and a
 * sentence that says what to do. The code also stands in the `x-azimuth-error` header, so that a caller
 * can tell the balancer's refusal from the application's own status.
 */
export interface ErrorEntry {
  status: number;
  message: string;
}

export const ERRORS = {
  AZ_NO_TARGET: { status: 503, message: 'No target can take the request now; nothing was sent. Try again shortly.' },
  AZ_ATTEMPT_FAILED: { status: 502, message: 'The target failed and the request may not be sent again. Check its outcome before you repeat it.' },
  AZ_RETRY_FAILED: { status: 502, message: 'The target failed, and so did the one it was sent to again.' },
  AZ_DEADLINE: { status: 504, message: 'The time that x-deadline-ms allowed has passed.' },
  AZ_TRY_TIMEOUT: { status: 504, message: 'The target did not answer in time and the request may not be sent again.' },
  AZ_BAD_HOST: { status: 400, message: 'The Host header is missing, repeated or malformed (RFC 9112, 3.2).' },
  AZ_BAD_TARGET: { status: 400, message: 'The request target is malformed (RFC 9112, 3.2): send an origin-form or absolute-form target.' },
  AZ_BAD_FRAMING: { status: 400, message: 'The length of the request is ambiguous (RFC 9112, 6.1). Send Content-Length or chunked, not both.' },
  AZ_BAD_HEADER: { status: 400, message: 'A header is malformed (RFC 9110, 5.5).' },
  AZ_MALFORMED: { status: 400, message: 'The request is not HTTP/1.1 as RFC 9112 defines it.' },
  AZ_HEADERS_TOO_LARGE: { status: 431, message: 'The header section is larger than this server takes.' },
  AZ_URI_TOO_LONG: { status: 414, message: 'The request target is longer than this server takes.' },
  AZ_BODY_TOO_LARGE: { status: 413, message: 'The body is larger than this server takes.' },
  AZ_REQUEST_TIMEOUT: { status: 408, message: 'The request did not arrive completely in time.' },
  AZ_UPGRADE: { status: 501, message: 'This load balancer does not switch protocols. Connect without Upgrade.' },
  AZ_VERSION: { status: 505, message: 'Only HTTP/1.1 and HTTP/1.0 are spoken here.' },
  AZ_METHOD: { status: 501, message: 'This method is not forwarded (CONNECT and TRACE never are).' },
  AZ_EXPECT: { status: 417, message: 'Only "Expect: 100-continue" is understood (RFC 9110, 10.1.1).' },
  AZ_OVENS_FULL: { status: 503, message: 'Every oven is busy and the queue is longer than the order can wait.' },
  AZ_BAD_REQUEST: { status: 400, message: 'The request does not have the documented form.' },
  AZ_FORBIDDEN_ORIGIN: { status: 403, message: 'Requests from another origin or host name are refused. Use the command line or open the URL it printed.' },
  AZ_MEDIA_TYPE: { status: 415, message: 'Send the body as application/json.' },
  AZ_NOT_FOUND: { status: 404, message: 'There is nothing at this address.' },
  AZ_UNKNOWN_TARGET: { status: 404, message: 'Nothing in this region has that name. "./azimuth status" lists what there is.' },
  AZ_REFUSED_TARGET: { status: 409, message: 'This part stands for what is not ours in a real region and cannot be broken.' },
  AZ_CONFLICT: { status: 409, message: 'Another fault already holds this target. Heal it first.' },
  AZ_BLOCKED: { status: 423, message: 'New faults are blocked. Whoever blocked them lets them go on with "./azimuth unlock"; heals always work.' },
  AZ_NOT_RECORDED: { status: 507, message: 'The injector cannot write down what it would break, so it breaks nothing. Make room, or make its journal writable; heals always work.' },
  AZ_INJECTOR_GONE: { status: 502, message: 'The injector did not answer: it is not there, or went away meanwhile. In containers "docker compose ps injector" shows it and "docker compose up -d" starts it; what it held heals at its next start.' },
  AZ_INJECTOR_SILENT: { status: 504, message: 'The injector did not answer in time; what was asked of it may still be done. Look at "./azimuth status" before you ask again.' },
  AZ_RUN_UNDERWAY: { status: 409, message: 'An experiment is running already, and a region has one at a time. Wait for it, or end it with "./azimuth runs <id> --abort".' },
  AZ_RUN_NOT_RECORDED: { status: 507, message: 'The controller cannot write down what it would run, so it runs nothing. Make room, or make its folder writable.' },
  AZ_TOO_MANY_LISTENERS: { status: 503, message: 'So many follow the events already that no further one is taken. Close one of them.' },
  AZ_STOPPING: { status: 503, message: 'The program is stopping and begins nothing new. Ask again when it is back.' },
  AZ_INSTANCE_SILENT: { status: 504, message: 'The instance does not answer; it may be dead or frozen. "./azimuth status" shows its state.' },
  AZ_INTERNAL: { status: 500, message: 'The program failed to answer. Its log says why; the request id is in x-request-id.' },
  AZ_INJECTED_500: { status: 500, message: 'A fault was put into this program, and it failed as told. "./azimuth heal" ends it.' },
  AZ_INJECTED_503: { status: 503, message: 'A fault was put into this program, and it refused as told. "./azimuth heal" ends it.' },
  AZ_UNSUPPORTED: { status: 422, message: 'This body of the region cannot do that.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the catalogue, thrown by programs and answered or printed at their edge. */
export class AzimuthError extends Error {
  readonly code: ErrorCode;
  readonly statusCode: number;
  /** The AZ that failed before, when the request was sent again in vain; the answer says so in `x-retried`. */
  readonly retriedFrom: string | null;
  /** @param detail what in particular is wrong, appended to the catalogue's sentence. */
  constructor(code: ErrorCode, detail?: string, retriedFrom: string | null = null) {
    super(detail === undefined ? ERRORS[code].message : `${ERRORS[code].message} (${detail})`);
    this.name = 'AzimuthError';
    this.code = code;
    this.statusCode = ERRORS[code].status;
    this.retriedFrom = retriedFrom;
  }
}
