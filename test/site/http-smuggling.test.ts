import { describe, expect, test } from 'vitest';
import { bytes, exchange, send, trickle } from './exchange.ts';

/*
 * Requests that two parsers read differently (threats.md J15; RFC 9112 §11.2). What hides behind the first must never be
 * answered as a request of its own: one response, 4xx or 501, and the connection closes.
 */

const hidden = 'GET /missing HTTP/1.1\r\nHost: h\r\n\r\n';
const post = (fields: string, content = ''): string => `POST / HTTP/1.1\r\nHost: h\r\n${fields}\r\n${content}${hidden}`;
const get = (fields: string): string => `GET / HTTP/1.1\r\nHost: h\r\n${fields}\r\n${hidden}`;

/** 400 but where the third says otherwise. */
const corpus: readonly (readonly [name: string, request: string, status?: number])[] = [
  ['CL.TE', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG')],
  ['TE.CL', post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '5c\r\n')],
  ['TE and CL of 0', get('Transfer-Encoding: chunked\r\nContent-Length: 0\r\n')],
  ['two CL that differ', post('Content-Length: 0\r\nContent-Length: 44\r\n')],
  ['two CL that agree', post('Content-Length: 0\r\nContent-Length: 0\r\n')],
  ['CL as a list', post('Content-Length: 0, 0\r\n')],
  ['CL with a sign', post('Content-Length: +0\r\n')],
  ['CL negative', post('Content-Length: -1\r\n')],
  ['CL in hexadecimal', post('Content-Length: 0x0\r\n')],
  ['CL with a point', post('Content-Length: 0.0\r\n')],
  ['CL with a separator', post('Content-Length: 1_0\r\n')],
  ['CL empty', post('Content-Length:\r\n')],
  ['CL with a space within', post('Content-Length: 1 0\r\n')],
  ['CL in other digits', post('Content-Length: \xb2\r\n')],
  ['CL with a no-break space', post('Content-Length: \xa00\r\n')],
  ['CL with a vertical tab', post('Content-Length:\x0b0\r\n')],
  ['TE of a GET', get('Transfer-Encoding: identity\r\n'), 501],
  ['CL of a GET', get('Content-Length: 44\r\n'), 413],
  ['space before the colon', get('Content-Length : 44\r\n')],
  ['tab before the colon', get('Transfer-Encoding\t: chunked\r\n')],
  ['space before the name', get(' Content-Length: 44\r\n')],
  ['obs-fold', get('X: a\r\n Content-Length: 44\r\n')],
  ['obs-fold with a tab', get('X: a\r\n\tTransfer-Encoding: chunked\r\n')],
  ['a first field that is folded', `GET / HTTP/1.1\r\n Host: h\r\n\r\n${hidden}`],
  ['bare LF between fields', get('X: a\nTransfer-Encoding: chunked\r\n')],
  ['bare LF at the end of the head', `GET / HTTP/1.1\r\nHost: h\r\n\n${hidden}`],
  ['bare CR in a value', get('X: a\rTransfer-Encoding: chunked\r\n')],
  ['CR CR LF', get('X: a\r\r\n')],
  ['NUL in a value', get('X: a\0b\r\n')],
  ['NUL in a name', get('X\0: a\r\n')],
  ['DEL in a value', get('X: \x7f\r\n')],
  ['TE identity', post('Transfer-Encoding: identity\r\n'), 405],
  ['TE xchunked', post('Transfer-Encoding: xchunked\r\n'), 405],
  ['TE chunked, twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'), 405],
  ['TE chunked, identity', post('Transfer-Encoding: chunked, identity\r\n'), 405],
  ['TE with a vertical tab', post('Transfer-Encoding: \x0bchunked\r\n')],
  ['TE quoted', post('Transfer-Encoding: "chunked"\r\n'), 405],
  ['TE empty', post('Transfer-Encoding:\r\n'), 405],
  ['TE in odd case', post('tRANSFER-eNCODING: cHUNKED\r\n', '0\r\n\r\n'), 405],
  ['TE in 1.0', `GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n${hidden}`],
  ['two Hosts', get('Host: evil\r\n')],
  ['Host with a space', `GET / HTTP/1.1\r\nHost: a b\r\n\r\n${hidden}`],
  ['a line without a colon', get('Transfer-Encoding chunked\r\n')],
  ['a request line within the head', get('GET /missing HTTP/1.1\r\n')],
  ['a name in brackets', get('[X]: a\r\n')],
  ['a byte over 0x7f in a name', get('X\xff: a\r\n')],
  ['an escaped CRLF is no CRLF', 'GET /%0d%0aHost:%20evil HTTP/1.1\r\n\r\n'],
];

describe('one response, then closed', () => {
  const cases = corpus.map(([name, request, status]) => [name, request, status ?? 400] as const);
  test.each(cases)('%s', (_, request, status) => {
    const { statuses, closed, text } = send(request);
    expect(statuses).toEqual([status]);
    expect(closed).toBe(true);
    expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect(exchange(trickle(bytes(request))).text).toBe(text);
  });
});

describe('nothing that the peer sent is ever in a response', () => {
  const canary = 'cAnArY7f3a';
  test.each([
    ['method', `${canary} / HTTP/1.1\r\nHost: h\r\n\r\n`],
    ['path', `GET /${canary} HTTP/1.1\r\nHost: h\r\n\r\n`],
    ['path that is not found', `GET /missing?${canary} HTTP/1.1\r\nHost: h\r\n\r\n`],
    ['version', `GET / HTTP/1.1${canary}\r\nHost: h\r\n\r\n`],
    ['absolute-form', `GET http://${canary}/ HTTP/1.1\r\nHost: h\r\n\r\n`],
    ['Host', `GET / HTTP/1.1\r\nHost: ${canary}\r\n\r\n`],
    ['a bad Host', `GET / HTTP/1.1\r\nHost: ${canary}@\r\n\r\n`],
    ['field name', `GET / HTTP/1.1\r\nHost: h\r\n${canary}: x\r\n\r\n`],
    ['field value', `GET / HTTP/1.1\r\nHost: h\r\nX: ${canary}\r\n\r\n`],
    ['Connection', `GET / HTTP/1.1\r\nHost: h\r\nConnection: ${canary}\r\n\r\n`],
    ['If-None-Match', `GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: "${canary}"\r\n\r\n`],
    ['Origin', `GET / HTTP/1.1\r\nHost: h\r\nOrigin: https://${canary}\r\n\r\n`],
    ['Content-Length', `GET / HTTP/1.1\r\nHost: h\r\nContent-Length: ${canary}\r\n\r\n`],
    ['Transfer-Encoding', `GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ${canary}\r\n\r\n`],
    ['content', `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n${canary}`],
    ['TRACE', `TRACE /${canary} HTTP/1.1\r\nHost: h\r\nX: ${canary}\r\n\r\n`],
    ['no HTTP', `${canary}\r\n`],
    ['no HTTP, and long', `${canary.repeat(20)}\r\n`],
  ])('%s', (_, request) => {
    const { text } = exchange([bytes(request), 'eof']);
    expect(text.length).toBeGreaterThan(0);
    expect(text.toLowerCase()).not.toContain(canary.toLowerCase());
  });
});
