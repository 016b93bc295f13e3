/*
 * The head of a request: RFC 9112 §3 (request line), §5 (fields), §6 (framing), as strict as the grammar. Of the fields only
 * what decides something is kept, and nothing of it ever comes back in a response.
 */

/** The status codes a request is refused with before anybody looked at what it asks for. */
export type RefusedStatus = 400 | 405 | 408 | 411 | 413 | 414 | 417 | 431 | 501 | 505;

export interface Refused {
  readonly refused: RefusedStatus;
}

export type HttpRequest = Reading | Posting;

interface Reading {
  readonly method: 'GET' | 'HEAD';
  /** As it was sent: nothing is decoded, so `/%2e` is no path of ours. Without the query. */
  readonly path: string;
  /** What stood behind the question mark, as it was sent; undefined without one. */
  readonly query: string | undefined;
  /** The value of If-None-Match, empty without one. */
  readonly ifNoneMatch: string;
}

/** A request with content, as long as its path takes. */
interface Posting {
  readonly method: 'POST';
  readonly path: string;
  readonly content: Uint8Array;
}

/** What a POST to `path` has as content: so many bytes, no more and no fewer. Undefined: nothing is posted there. */
export type PostedLength = (path: string) => number | undefined;

/** The head of a POST is whole, and `length` bytes of content follow. */
export interface Announced {
  readonly length: number;
}

export interface RequestLine {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'forbidden' | 'unknown';
  readonly path: string;
  readonly query: string | undefined;
  readonly minor: 0 | 1;
}

export interface Fields {
  readonly count: number;
  readonly length: number;
  readonly host: boolean;
  /** `invalid`: it has a leading zero, which some read as octal. What no number holds is infinite. */
  readonly contentLength: 'absent' | 'invalid' | number;
  readonly transferEncoding: boolean;
  readonly expect: boolean;
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly ifNoneMatch: string;
  /** Who asks calls himself the poller of a status page. Anybody may: he is counted apart, and answered like anybody. */
  readonly probe: boolean;
}

export const noFields: Fields = {
  count: 0,
  length: 0,
  host: false,
  contentLength: 'absent',
  transferEncoding: false,
  expect: false,
  close: false,
  keepAlive: false,
  ifNoneMatch: '',
  probe: false,
};

const refused = (status: RefusedStatus): Refused => ({ refused: status });

/* Each of these expressions is linear: no two of its parts can match the same byte. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const version = /^HTTP\/([0-9])\.([0-9])$/;
const digits = /^[0-9]+$/;
const authority = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?$/;
const pathAndQuery =
  /^(\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*)(?:\?((?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*))?$/;
/** RFC 9110 §10.1.5: the first product is the poller's. What else stands there is not looked at. */
const probeAgent = /^btc-pinata-poller\/1(?: |$)/;
const absolute = /^https?:\/\/([^/?]+)(.*)$/i;

/** Registered methods that make sense to somebody, though not here: 405 and not 501 (RFC 9110 §15.5.6, §15.6.2). */
const forbidden: ReadonlySet<string> = new Set(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT']);

/** RFC 9112 §3: method SP request-target SP HTTP-version, with single spaces. */
export function parseRequestLine(line: string): RequestLine | Refused {
  const [method, target, protocol, ...rest] = line.split(' ');
  if (method === undefined || target === undefined || protocol === undefined || rest.length > 0) return refused(400);
  if (!token.test(method) || target === '') return refused(400);
  const [, major, minor] = version.exec(protocol) ?? [];
  if (major === undefined) return refused(400);
  if (major !== '1') return refused(505);
  // A minor version beyond 1.1 is to be read as 1.1 (RFC 9110 §2.5).
  const of = minor === '0' ? 0 : 1;
  const [, path, query] = parseTarget(target) ?? [];
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    // Some have a target of another form. The path, where there is one, is for the Allow of their 405.
    return { method: forbidden.has(method) ? 'forbidden' : 'unknown', path: path ?? '', query, minor: of };
  }
  return path === undefined ? refused(400) : { method, path, query, minor: of };
}

/** Origin-form and absolute-form (RFC 9112 §3.2); the other two belong to methods that we do not have. */
function parseTarget(target: string): readonly (string | undefined)[] | null {
  const [, host, rest] = absolute.exec(target) ?? [];
  if (host === undefined) return pathAndQuery.exec(target);
  if (!authority.test(host) || host.startsWith(':')) return null;
  return pathAndQuery.exec(rest === undefined || rest === '' || rest.startsWith('?') ? `/${rest ?? ''}` : rest);
}

/** RFC 9112 §5: field-name ":" OWS field-value OWS; the bytes of the line were looked at as they came. */
export function addField(fields: Fields, line: string, length: number): Fields | Refused {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!token.test(name)) return refused(400); // also without a colon, and with a space before it (§5.1)
  const value = trimmed(line.slice(colon + 1));
  const seen = { ...fields, count: fields.count + 1, length: fields.length + length };
  switch (name.toLowerCase()) {
    case 'host': // exactly once, whatever the version (§3.2)
      return fields.host || !authority.test(value) ? refused(400) : { ...seen, host: true };
    case 'content-length': // a second one is refused even where it agrees (§6.3)
      if (fields.contentLength !== 'absent' || !digits.test(value)) return refused(400);
      return { ...seen, contentLength: lengthOf(value) };
    case 'transfer-encoding':
      return { ...seen, transferEncoding: true };
    case 'expect':
      return { ...seen, expect: true };
    case 'connection': {
      const options = value.toLowerCase().split(',').map(trimmed);
      return {
        ...seen,
        close: fields.close || options.includes('close'),
        keepAlive: fields.keepAlive || options.includes('keep-alive'),
      };
    }
    case 'if-none-match': // a list may be sent in several lines (RFC 9110 §5.3)
      return { ...seen, ifNoneMatch: fields.ifNoneMatch === '' ? value : `${fields.ifNoneMatch},${value}` };
    case 'user-agent':
      return { ...seen, probe: fields.probe || probeAgent.test(value) };
    default:
      return seen;
  }
}

const lengthOf = (value: string): number | 'invalid' => {
  if (/^0+$/.test(value)) return 0;
  return value.startsWith('0') ? 'invalid' : Number(value);
};

/** OWS (RFC 9110 §5.6.3). Not String.trim: that takes 0xa0 for a space. Not an expression: `[ \t]+$` is quadratic. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOWS(text.charCodeAt(start))) start += 1;
  while (end > start && isOWS(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isOWS = (unit: number): boolean => unit === 0x20 || unit === 0x09;

/** What a whole head amounts to, in an order in which nothing ambiguous is ever answered as if it were clear (§6.3). */
export function decideRequest(
  line: RequestLine,
  fields: Fields,
  postedLength: PostedLength,
): Reading | Announced | Refused {
  if (line.minor === 1 && !fields.host) return refused(400);
  if (fields.transferEncoding && (fields.contentLength !== 'absent' || line.minor === 0)) return refused(400);
  if (line.method === 'unknown') return refused(501);
  if (line.method === 'forbidden') return refused(405);
  const wanted = postedLength(line.path);
  if (line.method === 'POST') return wanted === undefined ? refused(405) : decideContent(line, fields, wanted);
  if (fields.transferEncoding) return refused(501); // a GET of ours has no content
  if (fields.contentLength !== 'absent' && fields.contentLength !== 0) return refused(413);
  if (wanted !== undefined) return refused(405);
  return { method: line.method, path: line.path, query: line.query, ifNoneMatch: fields.ifNoneMatch };
}

/** Of a length that is told before, in one way, and no other: so there is nothing to disagree about (RFC 9112 §6.3). */
function decideContent({ minor }: RequestLine, fields: Fields, wanted: number): Announced | Refused {
  if (fields.transferEncoding) return refused(501);
  if (fields.contentLength === 'absent') return refused(411); // RFC 9110 §15.5.12
  if (fields.contentLength === 'invalid') return refused(400);
  if (fields.contentLength !== wanted) return refused(fields.contentLength > wanted ? 413 : 400);
  // No interim response: who waits for one is told to ask without (RFC 9110 §10.1.1, §15.5.18). To 1.0 it means nothing.
  if (fields.expect && minor === 1) return refused(417);
  return { length: wanted };
}

/** RFC 9112 §9.3. With content announced that we did not read, the next request could not be told from it. */
export function persists(line: RequestLine, fields: Fields, contentRead: boolean): boolean {
  const unread = fields.transferEncoding || (fields.contentLength !== 'absent' && fields.contentLength !== 0);
  if (fields.close || (unread && !contentRead)) return false;
  return line.minor === 1 || fields.keepAlive;
}
