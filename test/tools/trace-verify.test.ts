import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttemptLine, traceLine } from '../../service/trace/index.ts';
import { attemptLine } from '../trace/lines.ts';
import { trace } from './trace-run.ts';

/* The chain over several days, published by a site that is made up: its digests are computed here once more. */

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** 250 attempts: a page of a site holds 100. */
const attempts: readonly AttemptLine[] = Array.from({ length: 250 }, (_, index) => {
  const { head, ...line } = attemptLine(index + 1);
  return { ...line, head: { ...head, bodySha256: sha256(JSON.stringify(line.body)).toString('hex') } };
});

/** The digest after each attempt. */
const digests: readonly string[] = (() => {
  let digest: Uint8Array = new Uint8Array(32);
  return attempts.map(({ head }) => {
    digest = sha256(digest, JSON.stringify(head));
    return Buffer.from(digest).toString('hex');
  });
})();

const days = [
  { day: '2026-11-19', first: 1, last: 120 },
  { day: '2026-11-20', first: 121, last: 121 },
  { day: '2026-11-21', first: 122, last: 250 },
].map(({ day, first, last }) => ({
  day,
  chain: { first, last, digest: digests[last - 1] ?? '', closed: day !== '2026-11-21' },
}));

let published: readonly AttemptLine[] = attempts;
let server: Server;
let site = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const number = Number(/^\/attempts\/(\d+)\.jsonl$/.exec(url.pathname)?.[1]);
    if (url.pathname === '/days.json') {
      // A page of two, newest first, and a day on which nobody came.
      const [older, ...newer] = days;
      const second = url.searchParams.has('before');
      const page = second ? [older, { day: '2026-11-18', chain: null }] : newer.toReversed();
      response.end(JSON.stringify({ days: page, next: second ? null : '/days.json?before=20261120' }));
    } else if (url.pathname === '/attempts.json') {
      const before = Number(url.searchParams.get('before') ?? 1000);
      const heads = published.map(({ head }) => head).filter((head) => head.number < before);
      const page = heads.toReversed().slice(0, Number(url.searchParams.get('limit')));
      response.end(JSON.stringify({ attempts: page, next: null }));
    } else {
      const line = published.find(({ head }) => head.number === number);
      response.writeHead(line === undefined ? 404 : 200).end(line && `${traceLine(line)}\n`);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  site = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const text = (lines: readonly AttemptLine[]): string => lines.map((line) => `${traceLine(line)}\n`).join('');
const changed = (number: number): readonly AttemptLine[] =>
  attempts.map((line) => (line.head.number === number ? { ...line, head: { ...line.head, bytesSent: 1 } } : line));

describe('a piñata', () => {
  it('that publishes what it recorded', async () => {
    published = attempts;
    const { status, out } = await trace(['verify', site, '--bodies']);
    expect(out.match(/as published/g)).toHaveLength(3);
    expect(out).toContain('250 heads on 4 days, 250 bodies\nnothing was changed\n');
    expect(status).toBe(0);
  });

  it('that changed an attempt of a day which is over: that day and all after it differ', async () => {
    published = changed(7);
    const { status, out } = await trace(['verify', site]);
    expect(
      out.match(/the heads up to attempt (120|121|250) make [0-9a-f]{64}, and [0-9a-f]{64} was published/g),
    ).toHaveLength(3);
    expect(status).toBe(1);
  });

  it('that took attempts away', async () => {
    published = attempts.filter(({ head: { number } }) => number !== 200 && number !== 130 && number !== 131);
    const { status, out } = await trace(['verify', site]);
    expect(out).toMatch(/attempts 130 to 131 are missing\nattempt 200 is missing\n/);
    expect(status).toBe(1);
  });

  it('that took the last one away', async () => {
    published = attempts.slice(0, -1);
    const { status, out } = await trace(['verify', site]);
    expect(out).toMatch(/attempt 250 is missing/);
    expect(status).toBe(1);
  });
});

describe('a file', () => {
  it.each([
    ['of all of it', attempts, 3],
    ['that begins where a day begins', attempts.slice(120), 2],
    ['that holds one day', attempts.slice(0, 120), 1],
    [
      'that holds the ends of two days, and not what is between',
      [...attempts.slice(0, 120), ...attempts.slice(121)],
      2,
    ],
  ])('%s', async (_, lines, agreed) => {
    const { status, out } = await trace(['verify', '-', '--against', site], text(lines));
    expect(out.match(/as published/g)).toHaveLength(agreed);
    expect(out).toMatch(/nothing was changed\n$/);
    expect(status).toBe(0);
  });

  it('that ends before a day does', async () => {
    const { status, out } = await trace(['verify', '-', '--against', site], text(attempts.slice(0, 100)));
    expect(out).toMatch(/the chain is whole, and ends before any that is published does\n$/);
    expect(status).toBe(0);
  });

  it('in which an attempt was changed', async () => {
    const { status, out } = await trace(['verify', '-', '--against', site], text(changed(121)));
    expect(out).toMatch(/2026-11-19: up to attempt 120, [0-9a-f]{64}, as published/);
    expect(out).toMatch(/2026-11-20: the heads up to attempt 121 make/);
    expect(status).toBe(1);
  });
});
