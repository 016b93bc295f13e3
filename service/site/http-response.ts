import { utf8ToBytes } from '@noble/hashes/utils.js';

/** A response before it is framed. `fields` are ours alone: names and values come from constants and digests. */
export interface HttpResponse {
  readonly status: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly content: Uint8Array;
}

export interface Framing {
  /** To a HEAD, the fields of a GET are sent without the content (RFC 9110 §9.3.2). */
  readonly head: boolean;
  readonly persist: boolean;
  /** RFC 9112 §9.3: said to 1.0, which would close otherwise. */
  readonly sayKeepAlive: boolean;
}

/** RFC 9110 §15. */
const reasons: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [202, 'Accepted'],
  [304, 'Not Modified'],
  [400, 'Bad Request'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [411, 'Length Required'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [417, 'Expectation Failed'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [505, 'HTTP Version Not Supported'],
]);

export const reasonPhrase = (status: number): string => reasons.get(status) ?? '';

/** RFC 9112 §4 to §6: the head, then the content, which is shared and not copied. */
export function frameResponse(response: HttpResponse, framing: Framing): readonly Uint8Array[] {
  const { status, fields, content } = response;
  const lines = [`HTTP/1.1 ${status} ${reasonPhrase(status)}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  // A 304 has no content, and a Content-Length in it would be that of another response (RFC 9110 §8.6).
  if (status !== 304) lines.push(`Content-Length: ${content.length}`);
  if (!framing.persist) lines.push('Connection: close');
  else if (framing.sayKeepAlive) lines.push('Connection: keep-alive');
  const head = utf8ToBytes(`${lines.join('\r\n')}\r\n\r\n`);
  return framing.head || status === 304 || content.length === 0 ? [head] : [head, content];
}
