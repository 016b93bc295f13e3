import { describe, expect, test } from 'vitest';
import { openHttp, stepHttp } from '../../service/site/http.ts';
import { bytes, exchange, send, stubResponder, trickle } from './exchange.ts';

/*
 * Requests that two parsers read differently (threats.md J15; RFC 9112 §11.2). What hides behind the first must never be
 * answered as a request of its own: one response, 4xx or 501, and the connection closes.
 */

const hidden = 'GET /missing HTTP/1.1\r\nHost: h\r\n\r\n';
const post = (fields: string, content = ''): string => `POST / HTTP/1.1\r\nHost: h\r\n${fields}\r\n${content}${hidden}`;
const get = (fields: string): string => `GET / HTTP/1.1\r\nHost: h\r\n${fields}\r\n${hidden}`;

/** Where a POST is taken, of 32 bytes. */
const taken = (fields: string, content = ''): string =>
  `POST /post HTTP/1.1\r\nHost: h\r\n${fields}\r\n${content}${hidden}`;

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
  ['CL.TE, where a POST is taken', taken('Content-Length: 32\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG')],
  ['TE.CL, where a POST is taken', taken('Transfer-Encoding: chunked\r\nContent-Length: 32\r\n', '5c\r\n')],
  ['TE alone, where a POST is taken', taken('Transfer-Encoding: chunked\r\n', '20\r\n'), 501],
  ['two CL of 32', taken('Content-Length: 32\r\nContent-Length: 32\r\n')],
  ['CL of 32 and another', taken('Content-Length: 32\r\nContent-Length: 0\r\n')],
  ['CL of 32 as a list', taken('Content-Length: 32, 32\r\n')],
  ['CL of 32 with a sign', taken('Content-Length: +32\r\n')],
  ['CL of 32 with a leading zero', taken('Content-Length: 032\r\n')],
  ['CL of 32 in hexadecimal', taken('Content-Length: 0x20\r\n')],
  ['CL of 32 with a point', taken('Content-Length: 32.0\r\n')],
  ['CL of 32 with an exponent', taken('Content-Length: 32e0\r\n')],
  ['CL folded', taken('Content-Length:\r\n 32\r\n')],
  ['CL with a space before the colon', taken('Content-Length : 32\r\n')],
  ['CL of 0, where a POST is taken', taken('Content-Length: 0\r\n')],
  ['CL of 31', taken('Content-Length: 31\r\n', 'x'.repeat(31))],
  ['CL of 33', taken('Content-Length: 33\r\n', 'x'.repeat(33)), 413],
  ['CL beyond every number', taken(`Content-Length: ${'9'.repeat(400)}\r\n`), 413],
  ['no CL, where a POST is taken', taken(''), 411],
  ['Expect: who waits for a 100 shall not be told so', taken('Content-Length: 32\r\nExpect: 100-continue\r\n'), 417],
  [
    'content of a GET, where a POST is taken',
    `GET /post HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n${hidden}`,
    413,
  ],
  [
    'content of a PUT, where a POST is taken',
    `PUT /post HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n${hidden}`,
    405,
  ],
  [
    'a POST to another spelling of the path',
    `POST /%70ost HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n${hidden}`,
    405,
  ],
  ['a POST to a path below', `POST /post/ HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n${hidden}`, 405],
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

describe('content is counted and not read: what it looks like makes no difference', () => {
  const head = 'POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n';
  const sum = (content: string): number => bytes(content).reduce((total, byte) => total + byte, 0);
  test.each([
    ['the beginning of a request', hidden.slice(0, 32)],
    ['the whole of one', 'GET / HTTP/1.0\r\n\r\n'.padEnd(32, '\r\n')],
    ['the end of one', hidden.slice(-32)],
    ['chunks', '0\r\n\r\nGET /missing HTTP/1.1\r\nHost'.slice(0, 32)],
    ['line ends', '\r\n'.repeat(16)],
    ['NUL', '\0'.repeat(32)],
    ['every bit', '\xff'.repeat(32)],
    ['a ClientHello', '\x16\x03\x01'.padEnd(32, '\x00')],
  ])('%s', (_, content) => {
    const request = head + content + hidden;
    const { statuses, closed, text } = send(request);
    expect(statuses).toEqual([202, 404]);
    expect(closed).toBe(false);
    expect(text).toContain(`\r\n\r\n${sum(content)}\n`);
    expect(exchange(trickle(bytes(request))).text).toBe(text);
    // Each of the 32 bytes may be the one that the next read begins with.
    for (let at = head.length; at <= head.length + 32; at++) {
      expect(exchange([bytes(request.slice(0, at)), bytes(request.slice(at))]).text).toBe(text);
    }
  });

  test('pipelined: as many challenges as requests, in their order', () => {
    const contents = Array.from({ length: 20 }, (_, index) => String.fromCharCode(index).repeat(32));
    const { statuses, text, closed } = send(contents.map((content) => head + content).join('') + hidden);
    expect(statuses).toEqual([...contents.map(() => 202), 404]);
    expect(closed).toBe(false);
    expect([...text.matchAll(/\r\n\r\n(\d+)\n/g)].map(([, total]) => Number(total))).toEqual(contents.map(sum));
  });

  test('cut off within its content: 400 at the end, 408 in time, and nothing of it is answered as a request', () => {
    for (let length = 0; length < 32; length++) {
      const begun = bytes(head + hidden.slice(0, length));
      expect(exchange([begun, 'eof']).statuses).toEqual([400]);
      expect(exchange([begun, 'timeout']).statuses).toEqual([408]);
      expect(exchange([begun]).awaiting).toBe('rest');
    }
  });

  test('of 1.0 too, and then closed; and Connection: close is heeded', () => {
    const old = head.replace('HTTP/1.1', 'HTTP/1.0');
    const one = send(old + 'x'.repeat(32) + hidden);
    expect([one.statuses, one.closed]).toEqual([[202], true]);
    const last = send(head.replace('Host', 'Connection: close\r\nHost') + 'x'.repeat(32) + hidden);
    expect([last.statuses, last.closed]).toEqual([[202], true]);
    // To 1.0 an expectation means nothing (RFC 9110 §10.1.1).
    const expecting = send(old.replace('Host', 'Expect: 100-continue\r\nHost') + 'x'.repeat(32));
    expect(expecting.statuses).toEqual([202]);
  });

  test('a GET where a POST is taken: 405, and the connection stays', () => {
    const { statuses, closed } = send(`GET /post HTTP/1.1\r\nHost: h\r\n\r\n${hidden}`);
    expect([statuses, closed]).toEqual([[405, 404], false]);
  });

  test('the content is a copy: what comes later into the same buffer does not change it', () => {
    const buffer = bytes(head + 'x'.repeat(16));
    const first = stepHttp(openHttp(), buffer, stubResponder);
    buffer.fill(0);
    const second = stepHttp(first.connection, bytes('x'.repeat(16)), stubResponder);
    expect(second.events).toEqual([{ status: 202 }]);
    expect(new TextDecoder().decode(second.out[1])).toBe(`${sum('x'.repeat(32))}\n`);
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
    [
      'content that is taken',
      `POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n${canary.padEnd(32, canary)}`,
    ],
    ['TRACE', `TRACE /${canary} HTTP/1.1\r\nHost: h\r\nX: ${canary}\r\n\r\n`],
    ['no HTTP', `${canary}\r\n`],
    ['no HTTP, and long', `${canary.repeat(20)}\r\n`],
  ])('%s', (_, request) => {
    const { text } = exchange([bytes(request), 'eof']);
    expect(text.length).toBeGreaterThan(0);
    expect(text.toLowerCase()).not.toContain(canary.toLowerCase());
  });
});
