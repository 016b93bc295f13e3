import { execFile } from 'node:child_process';
import { Agent, get, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSite } from '../../service/site/index.ts';
import { routes } from '../../service/site/routes.ts';
import { required } from '../support/required.ts';
import { sampleNow, sampleView } from './sample-view.ts';
import { serve } from './serve.ts';

/* Other people's HTTP clients over a socket: what we think is HTTP is HTTP to them too. */

const curl = required.tool('curl');
const site = createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView });
let running: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  running = await serve(site);
});
afterAll(async () => {
  await running.close();
});

const origin = (): string => `http://127.0.0.1:${running.port}`;

test('node:http keeps one connection for everything', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const fetched = (path: string): Promise<{ status: number | undefined; length: number }> =>
    new Promise((resolve, reject) => {
      const request = get(`${origin()}${path}`, { agent }, (response: IncomingMessage) => {
        ports.add(response.socket.localPort);
        let length = 0;
        response.on('data', (chunk: Uint8Array) => {
          length += chunk.length;
        });
        response.on('end', () => resolve({ status: response.statusCode, length }));
      });
      request.on('error', reject);
    });
  for (const path of routes.keys()) {
    const { status, length } = await fetched(path);
    expect(status).toBe(200);
    expect(length).toBeGreaterThan(0);
  }
  expect((await fetched('/nothing')).status).toBe(404);
  expect(ports.size).toBe(1);
  agent.destroy();
});

test('fetch (undici) reads the JSON of every document', async () => {
  for (const path of ['/status.json', '/pairs.json', '/manifest.json']) {
    const response = await fetch(`${origin()}${path}`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toBeTypeOf('object');
  }
});

describe.skipIf(curl.missing)('curl', () => {
  const run = async (...options: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(curl.path, ['-sS', '--max-time', '60', ...options]);
    return stdout;
  };
  const status = ['-o', '/dev/null', '-w', '%{http_code} %{num_connects}\n'];

  test('GET, HEAD, an ETag that is still good', async () => {
    expect(await run(`${origin()}/healthz`)).toBe('ok\n');
    expect(await run('-I', `${origin()}/healthz`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const tag = /^etag: (.+)\r$/im.exec(await run('-I', `${origin()}/`))?.[1] ?? '';
    expect(await run(...status, '-H', `If-None-Match: ${tag}`, `${origin()}/`)).toBe('304 1\n');
  });

  test('two requests on one connection; HTTP/1.0; a POST; content in a GET', async () => {
    expect(await run(...status, ...['-o', '/dev/null'], `${origin()}/`, `${origin()}/status.json`)).toBe(
      '200 1\n200 0\n',
    );
    expect(await run('-0', ...status, `${origin()}/`)).toBe('200 1\n');
    expect(await run(...status, '-d', 'x=1', `${origin()}/`)).toBe('405 1\n');
    expect(await run(...status, '-X', 'GET', '-d', 'x=1', `${origin()}/`)).toBe('413 1\n');
    expect(await run(...status, '-H', 'Transfer-Encoding: chunked', '-d', 'x', '-X', 'GET', `${origin()}/`)).toBe(
      '501 1\n',
    );
  });
});
