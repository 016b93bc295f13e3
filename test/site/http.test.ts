import { describe, expect, test } from 'vitest';
import { httpLimits, openHttp, stepHttp } from '../../service/site/http.ts';
import type { HttpRequest } from '../../service/site/http-request.ts';
import { bytes, exchange, stubResponder as responder, send, trickle } from './exchange.ts';

const get = (path = '/', fields = 'Host: h\r\n'): string => `GET ${path} HTTP/1.1\r\n${fields}\r\n`;

describe('requests that are answered', () => {
  test('GET: a status line, our fields, a length, the content, and the connection stays', () => {
    const { text, statuses, closed, awaiting } = send(get());
    expect(text).toBe('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n');
    expect(statuses).toEqual([200]);
    expect(closed).toBe(false);
    expect(awaiting).toBe('request');
  });

  test('HEAD: the head of the GET and nothing after it', () => {
    const full = send(get()).text;
    expect(send(get().replace('GET', 'HEAD')).text).toBe(full.slice(0, full.indexOf('\r\n\r\n') + 4));
  });

  test.each([
    ['absolute-form', 'GET http://example.org/missing?x=1 HTTP/1.1\r\nHost: h\r\n\r\n', 404],
    ['absolute-form without a path', 'GET http://example.org HTTP/1.1\r\nHost: h\r\n\r\n', 200],
    ['absolute-form with a query alone', 'GET HTTPS://[::1]:8443?a HTTP/1.1\r\nHost: h\r\n\r\n', 200],
    ['an empty Host, for a target without authority (RFC 9112 §3.2)', get('/', 'Host:\r\n'), 200],
    ['Host with an IPv6 address and a port', get('/', 'Host: [2001:db8::1]:8080\r\n'), 200],
    ['a query', get('/?a=%20b&c=/?'), 200],
    ['obs-text in a value', get('/', 'Host: h\r\nX: caf\xe9\r\n'), 200],
    ['an empty value, white space around a value', get('/', 'Host: \t h \t\r\nX:\r\n'), 200],
    ['Content-Length: 0', get('/', 'Host: h\r\nContent-Length: 0\r\n'), 200],
    ['HTTP/1.9, which is to be read as 1.1', 'GET / HTTP/1.9\r\nHost: h\r\n\r\n', 200],
    ['one empty line before the request (RFC 9112 §2.2)', `\r\n${get()}`, 200],
  ])('%s', (_, request, status) => {
    const { statuses, closed } = send(request);
    expect(statuses).toEqual([status]);
    expect(closed).toBe(false);
  });

  test.each([
    ['btc-pinata-poller/1', true],
    ['btc-pinata-poller/1 (a status page)', true],
    ['btc-pinata-poller/10', false],
    ['Mozilla/5.0 btc-pinata-poller/1', false],
  ])('who calls himself %s is told apart: %s', (agent, probe) => {
    const { events } = stepHttp(openHttp(), bytes(get('/', `Host: h\r\nUser-Agent: ${agent}\r\n`)), responder);
    expect(events).toEqual([{ status: 200, ...(probe ? { probe } : {}) }]);
    const refused = stepHttp(
      openHttp(),
      bytes(`BREW / HTTP/1.1\r\nHost: h\r\nUser-Agent: ${agent}\r\n\r\n`),
      responder,
    );
    expect(refused.events).toEqual([{ status: 501 }]);
  });

  test('HTTP/1.0: no Host needed, and closed after the response', () => {
    const { text, closed } = send('GET / HTTP/1.0\r\n\r\n');
    expect(text).toContain('Connection: close\r\n');
    expect(closed).toBe(true);
  });

  test('HTTP/1.0 with keep-alive: said so, and kept', () => {
    const { text, closed } = send('GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n');
    expect(text).toContain('Connection: keep-alive\r\n');
    expect(closed).toBe(false);
  });

  test('Connection: close in a list, in any case', () => {
    const { text, closed } = send(get('/', 'Host: h\r\nConnection: te ,\tCLOSE\r\n'));
    expect(text).toContain('Connection: close\r\n');
    expect(closed).toBe(true);
  });

  test('what comes after a close is not answered', () => {
    const { statuses, out } = exchange([
      bytes(get('/', 'Host: h\r\nConnection: close\r\n') + get()),
      bytes(get()),
      'eof',
    ]);
    expect(statuses).toEqual([200]);
    expect(out.length).toBeLessThan(200);
  });
});

describe('requests that are refused, each with its status', () => {
  const many = (count: number): string => Array.from({ length: count }, (_, i) => `X-${i}: 1\r\n`).join('');
  test.each<[string, string, number]>([
    ['a method nobody knows', 'BREW / HTTP/1.1\r\nHost: h\r\n\r\n', 501],
    ['a method in lower case', 'get / HTTP/1.1\r\nHost: h\r\n\r\n', 501],
    ['a method longer than any', `${'A'.repeat(33)} / HTTP/1.1\r\nHost: h\r\n\r\n`, 501],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', get('/', 'Host: a\r\nHost: a\r\n'), 400],
    ['two Hosts in 1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['a Host with user information', get('/', 'Host: a@b\r\n'), 400],
    ['a Host list', get('/', 'Host: a, b\r\n'), 400],
    ['a Host with a path', get('/', 'Host: a/b\r\n'), 400],
    ['HTTP/2.0', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    ['HTTP/0.9', 'GET / HTTP/0.9\r\n\r\n', 505],
    ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: h\r\n\r\n', 505],
    ['a simple request of 0.9', 'GET /\r\n', 400],
    ['http in lower case', 'GET / http/1.1\r\nHost: h\r\n\r\n', 400],
    ['a version of two digits', 'GET / HTTP/1.10\r\nHost: h\r\n\r\n', 400],
    ['two spaces', 'GET  / HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['a space at the end', 'GET / HTTP/1.1 \r\nHost: h\r\n\r\n', 400],
    ['a tab for a space', 'GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['a space first', ' GET / HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['two empty lines first', '\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['a method that is no token', 'G(T / HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['asterisk-form with GET', 'GET * HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['authority-form with GET', 'GET example.org:80 HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['another scheme', 'GET ftp://example.org/ HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['absolute-form without a host', 'GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['absolute-form with user information', 'GET http://a@b/ HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['a fragment', get('/#x'), 400],
    ['half an escape', get('/%2'), 400],
    ['an escape that is none', get('/%zz'), 400],
    ['a backslash', get('/\\x'), 400],
    ['a quote', get('/"x'), 400],
    ['a byte over 0x7f in the target', get('/\xe9'), 400],
    ['request line over its limit', get(`/${'a'.repeat(httpLimits.requestLine)}`), 414],
    ['fields over their limit', get('/', `Host: h\r\nX: ${'a'.repeat(httpLimits.fields)}\r\n`), 431],
    ['one field too many', get('/', `Host: h\r\n${many(httpLimits.fieldCount)}`), 431],
    ['content', get('/', 'Host: h\r\nContent-Length: 1\r\n'), 413],
    ['content beyond every number', get('/', `Host: h\r\nContent-Length: ${'9'.repeat(400)}\r\n`), 413],
    ['chunked content', get('/', 'Host: h\r\nTransfer-Encoding: chunked\r\n'), 501],
    ['a name without a colon', get('/', 'Host: h\r\nX\r\n'), 400],
    ['an empty name', get('/', 'Host: h\r\n: x\r\n'), 400],
  ])('%s', (_, request, status) => {
    const { statuses, closed, text } = send(request);
    expect(statuses).toEqual([status]);
    expect(closed).toBe(true);
    expect(text).toContain('Connection: close\r\n');
    expect(exchange(trickle(bytes(request))).text).toBe(text);
  });

  test.each(['OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT'])(
    '%s: 405, and the connection stays',
    (method) => {
      const target = method === 'CONNECT' ? 'h:80' : method === 'OPTIONS' ? '*' : '/';
      const { statuses, closed } = send(`${method} ${target} HTTP/1.1\r\nHost: h\r\n\r\n${get()}`);
      expect(statuses).toEqual([405, 200]);
      expect(closed).toBe(false);
    },
  );

  test('a POST with content: 405, and closed, for what follows cannot be told from a request', () => {
    const { statuses, closed } = send(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n${get()}`);
    expect(statuses).toEqual([405]);
    expect(closed).toBe(true);
  });

  test('no content in the answer to a HEAD, refused or not', () => {
    const { text } = send('HEAD / HTTP/1.1\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(?:[^\r]+\r\n)*\r\n$/);
  });
});

describe('limits, to the byte', () => {
  test('the longest request line', () => {
    const rest = httpLimits.requestLine - 'GET / HTTP/1.1\r\n'.length;
    expect(send(get(`/${'a'.repeat(rest)}`)).statuses).toEqual([200]);
    expect(send(get(`/${'a'.repeat(rest + 1)}`)).statuses).toEqual([414]);
  });

  test('the longest fields, the empty line included', () => {
    const rest = httpLimits.fields - 'Host: h\r\nX: \r\n\r\n'.length;
    expect(send(get('/', `Host: h\r\nX: ${'a'.repeat(rest)}\r\n`)).statuses).toEqual([200]);
    expect(send(get('/', `Host: h\r\nX: ${'a'.repeat(rest + 1)}\r\n`)).statuses).toEqual([431]);
  });

  test('the most fields', () => {
    const fields = (count: number): string => `Host: h\r\n${'X: y\r\n'.repeat(count - 1)}`;
    expect(send(get('/', fields(httpLimits.fieldCount))).statuses).toEqual([200]);
    expect(send(get('/', fields(httpLimits.fieldCount + 1))).statuses).toEqual([431]);
  });

  test('the most requests on a connection: the last says that it is', () => {
    const { statuses, closed, text } = send(get().repeat(httpLimits.requests + 1));
    expect(statuses).toHaveLength(httpLimits.requests);
    expect(closed).toBe(true);
    expect(text.match(/Connection: close/g)).toHaveLength(1);
  });

  test('pipelined requests are held back: no step puts out more than one response', () => {
    const { statuses, mostInOneStep } = send(get('/big').repeat(20));
    expect(statuses).toHaveLength(20);
    expect(mostInOneStep).toBeLessThan(70_200);
  });

  test.each(['GET', 'HEAD'])('nor is more than one made: %s', (method) => {
    let made = 0;
    const counting = {
      ...responder,
      respond: (request: HttpRequest) => {
        made += 1;
        return responder.respond(request);
      },
    };
    const flood = bytes(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`.repeat(httpLimits.requests));
    let step = stepHttp(openHttp(), flood, counting);
    for (let steps = 1; steps < httpLimits.requests; steps += 1) {
      expect([made, step.more, step.close]).toEqual([steps, true, false]);
      step = stepHttp(step.connection, 'drained', counting);
    }
    expect([made, step.more, step.close]).toEqual([httpLimits.requests, false, true]);
  });

  test('who goes on sending without reading is cut off', () => {
    const flood = bytes(get('/big').repeat(2000));
    let connection = openHttp();
    let step = stepHttp(connection, flood, responder);
    for (let i = 0; i < 4 && !step.close; i += 1) {
      connection = step.connection;
      step = stepHttp(connection, flood, responder);
    }
    expect(step.close).toBe(true);
    expect(step.connection.held.length).toBe(0);
  });

  test('what is held is a copy: the caller may reuse its buffer', () => {
    const buffer = bytes(get('/big') + get('/missing'));
    const first = stepHttp(openHttp(), buffer, responder);
    expect(first.more).toBe(true);
    buffer.fill(0);
    const second = stepHttp(first.connection, 'drained', responder);
    expect(second.events).toEqual([{ status: 404 }]);
  });

  test('nor is half a line: what is kept between steps is a copy', () => {
    const buffer = bytes('GET /missing HTT');
    const first = stepHttp(openHttp(), buffer, responder);
    buffer.fill(0);
    const second = stepHttp(first.connection, bytes('P/1.1\r\nHost: h\r\n\r\n'), responder);
    expect(second.events).toEqual([{ status: 404 }]);
  });
});

describe('the end', () => {
  test('FIN after a request: answered, then closed', () => {
    const { statuses, closed } = exchange([bytes(get()), 'eof']);
    expect(statuses).toEqual([200]);
    expect(closed).toBe(true);
  });

  test('FIN with requests held back: all are answered first', () => {
    const { statuses, closed } = exchange([bytes(get('/big').repeat(5)), 'eof']);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(closed).toBe(true);
  });

  test('FIN within a request: 400', () => {
    expect(exchange([bytes('GET / HTTP/1.1\r\nHo'), 'eof']).statuses).toEqual([400]);
  });

  test('FIN before anything: closed without a word', () => {
    const { out, closed, statuses } = exchange(['eof']);
    expect([out.length, closed, statuses]).toEqual([0, true, []]);
  });

  test('timeout within a request: 408; between requests: closed without a word', () => {
    expect(exchange([bytes('G'), 'timeout']).statuses).toEqual([408]);
    expect(exchange([bytes('GET / HTTP/1.1\r\nHost: h\r\n'), 'timeout']).statuses).toEqual([408]);
    const idle = exchange([bytes(get()), 'timeout']);
    expect(idle.statuses).toEqual([200]);
    expect(idle.closed).toBe(true);
  });

  test('says whether it waits for a request or for the rest of one', () => {
    expect(exchange([]).awaiting).toBe('request');
    expect(send('G').awaiting).toBe('rest');
    expect(send('GET / HTTP/1.1\r\n').awaiting).toBe('rest');
    expect(send(get()).awaiting).toBe('request');
    expect(send('\x16').awaiting).toBe('nothing');
  });

  test('a connection is a value: the same step twice gives the same', () => {
    const { connection } = send('GET /missing HT');
    const once = stepHttp(connection, bytes('TP/1.0\r\n\r\n'), responder);
    const twice = stepHttp(connection, bytes('TP/1.0\r\n\r\n'), responder);
    expect(twice).toEqual(once);
    expect(once.events).toEqual([{ status: 404 }]);
  });
});

describe('what is no HTTP is decided at the first byte that decides', () => {
  test.each<[string, string, number]>([
    ['a TLS ClientHello', '\x16\x03\x01\x02\x00', 1],
    ['an SSLv2 hello', '\x80\x2e\x01\x00\x02', 1],
    ['RDP', '\x03\x00\x00\x13\x0e\xe0', 1],
    ['a NUL', 'GET /\0', 6],
    ['SMB', '\0\0\0\x85\xffSMB', 1],
    ['a bare LF', 'GET / HTTP/1.1\nHost: h\n\n', 15],
    ['a bare CR', 'GET / HTTP/1.1\rHost', 16],
    ['a folded field', 'GET / HTTP/1.1\r\nX: y\r\n z\r\n', 23],
    ['white space before the first field', 'GET / HTTP/1.1\r\n\tHost: h\r\n', 17],
  ])('%s', (_, sent, after) => {
    expect(send(sent.slice(0, after - 1)).statuses).toEqual([]);
    expect(send(sent.slice(0, after)).statuses).toEqual([400]);
    expect(send(sent).statuses).toEqual([400]);
  });

  test.each(['SSH-2.0-OpenSSH_9.2\r\n', 'please give key\r\n', 'hi give me teh btcs\r\n', 'HELO\r\n', '\r\n\r\n'])(
    '%j',
    (sent) => {
      expect(send(sent).statuses).toEqual([400]);
    },
  );
});
