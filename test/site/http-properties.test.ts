import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HttpInput, httpLimits, openHttp, stepHttp } from '../../service/site/http.ts';
import { bytes, exchange, send, stubResponder, trickle } from './exchange.ts';

/** What real and false requests are made of; a stream is any sequence of these, with bytes of it changed. */
const parts = [
  'GET / HTTP/1.1\r\n',
  'GET /missing?q HTTP/1.1\r\n',
  'HEAD /big HTTP/1.1\r\n',
  'GET /big HTTP/1.1\r\n',
  'POST / HTTP/1.1\r\n',
  'POST /post HTTP/1.1\r\n',
  'Content-Length: 32\r\n',
  `POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n`,
  'x'.repeat(31),
  'GET /missing HTTP/1.1\r\nHost: h\r\n',
  'GET http://h/ HTTP/1.0\r\n',
  'GET / HTTP/2.0\r\n',
  'BREW / HTTP/1.1\r\n',
  'Host: h\r\n',
  'Connection: keep-alive, x\r\n',
  'Connection: close\r\n',
  'Content-Length: 0\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  ' folded\r\n',
  'If-None-Match: "a", W/"b"\r\n',
  `X: ${'y'.repeat(3000)}\r\n`,
  `GET /${'a'.repeat(4090)} HTTP/1.1\r\n`,
  '\r\n',
  '\n',
  '\r',
  '\x16\x03\x01',
  '5\r\nhello\r\n0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: h\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
];

const stream = fc
  .tuple(
    fc.array(fc.constantFrom(...parts), { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(20_000), fc.nat(255)), { maxLength: 2 }),
  )
  .map(([chosen, changes]) => {
    const whole = bytes(chosen.join(''));
    for (const [at, value] of changes) if (at < whole.length) whole[at] = value;
    return whole;
  });

const cutAt = (whole: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const points = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [...points, whole.length].map((end, index) => whole.slice(points[index - 1] ?? 0, end));
};

const outcome = (inputs: readonly HttpInput[]) => {
  const { text, statuses, closed } = exchange([...inputs, 'eof']);
  return { text, statuses, closed };
};

describe('however the bytes are cut', () => {
  test('byte by byte equals whole', () => {
    fc.assert(
      fc.property(stream, (whole) => {
        expect(outcome(trickle(whole))).toEqual(outcome([whole]));
      }),
      { numRuns: 150 },
    );
  });

  test('any cuts equal whole', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(30_000), { maxLength: 8 }), (whole, cuts) => {
        const pieces = cutAt(whole, cuts);
        expect(concatBytes(...pieces)).toEqual(whole);
        expect(outcome(pieces)).toEqual(outcome([whole]));
      }),
      { numRuns: 300 },
    );
  });
});

test('total: no input of any kind, in any order, throws or leaves more behind than is allowed', () => {
  const input: fc.Arbitrary<HttpInput> = fc.oneof(
    { weight: 5, arbitrary: stream },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    { weight: 1, arbitrary: fc.constantFrom<HttpInput>('drained', 'eof', 'timeout') },
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
      let connection = openHttp();
      let closed = false;
      for (const each of inputs) {
        const step = stepHttp(connection, each, stubResponder);
        if (closed) expect([step.out.length, step.events.length, step.close]).toEqual([0, 0, true]);
        closed = step.close;
        connection = step.connection;
        expect(connection.held.length).toBeLessThanOrEqual(httpLimits.held);
        const line = connection.line.pieces.reduce((sum, piece) => sum + piece.length, 0);
        expect(line).toBeLessThanOrEqual(httpLimits.fields);
        expect(connection.line.pieces.length).toBeLessThanOrEqual(14);
        expect(connection.content?.bytes.length ?? 0).toBeLessThanOrEqual(32);
      }
    }),
    { numRuns: 300 },
  );
});

test('every response is framed: it parses back into as many as were counted', () => {
  fc.assert(
    fc.property(stream, (whole) => {
      const { text, statuses } = exchange([whole, 'eof']);
      const heads = [...text.matchAll(/HTTP\/1\.1 (\d{3}) [A-Za-z ]+\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)*\r\n/g)];
      expect(heads.map(([, status]) => Number(status))).toEqual(statuses);
    }),
    { numRuns: 200 },
  );
});

/**
 * Every byte that comes is looked at once and copied at most log2 of a line's length times. Time is a poor witness on a busy
 * machine, so the copies are counted, where they are made.
 */
test('byte by byte costs no more than a few copies of each byte', () => {
  let copied = 0;
  const { set, slice } = Uint8Array.prototype;
  Uint8Array.prototype.set = function (source, offset) {
    copied += source.length;
    set.call(this, source, offset);
  };
  Uint8Array.prototype.slice = function (start, end) {
    const result = slice.call(this, start, end);
    copied += result.length;
    return result;
  };
  try {
    const head = bytes(`GET / HTTP/1.1\r\nHost: h\r\nX: ${'a'.repeat(8100)}\r\n\r\n`);
    const { statuses } = exchange(trickle(head));
    expect(statuses).toEqual([200]);
    expect(copied).toBeLessThan(head.length * (Math.log2(head.length) + 4));
  } finally {
    Object.assign(Uint8Array.prototype, { set, slice });
  }
});

/** Each is as long as its limit allows, and made to send a backtracking expression astray (threats.md J4). */
test.each([
  ['target', `GET /${'%20'.repeat(1300)}! HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['target with a bad end', `GET /${'a'.repeat(4000)}" HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['absolute target', `GET http://${'a:'.repeat(1900)}/ HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['query', `GET /?${'?/'.repeat(1900)}" HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['spaces', `GET ${' '.repeat(4000)} HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['Host', `GET / HTTP/1.1\r\nHost: ${'a%aa'.repeat(1900)}@\r\n\r\n`],
  ['Host of dots and colons', `GET / HTTP/1.1\r\nHost: [${':.'.repeat(3900)}\r\n\r\n`],
  ['white space in a value', `GET / HTTP/1.1\r\nHost: h\r\nX: ${'\t '.repeat(3900)}x\r\n\r\n`],
  ['Connection', `GET / HTTP/1.1\r\nHost: h\r\nConnection: ${', '.repeat(3900)}\r\n\r\n`],
  ['Content-Length of a POST', `POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: ${'1'.repeat(7900)}x\r\n\r\n`],
  ['Content-Length', `GET / HTTP/1.1\r\nHost: h\r\nContent-Length: ${'0'.repeat(7900)}x\r\n\r\n`],
  ['If-None-Match', `GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: ${'"a",'.repeat(1900)}\r\n\r\n`],
])('nothing to backtrack in: %s', (_, request) => {
  send(request); // warm
  const before = process.cpuUsage();
  for (let i = 0; i < 10; i += 1) send(request);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 10_000).toBeLessThan(50); // ms each; it takes less than 1
});
