import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FileSource } from '../../service/tools/trace-file.ts';
import { parseTraceOptions } from '../../service/tools/trace-options.ts';
import { everything, TraceFailure } from '../../service/tools/trace-source.ts';
import { traceLine } from '../../service/trace/index.ts';
import { attemptLine } from '../trace/lines.ts';
import { trace } from './trace-run.ts';

/* What cannot be read is refused with the reason; and of what can, no more is read than is asked for. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wrote = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('a command line that is wrong', () => {
  it.each([
    ['', /^what to do is missing; allowed are list, show, /],
    ['lst x', /^"lst" is nothing that can be done with traces; .* Did you mean list\?$/],
    ['list', /^SOURCE is missing; allowed are a file of traces, - and http:\/\/HOST:PORT of a piñata$/],
    ['list a b', /^"b" is one word too many: there is one SOURCE$/],
    ['list a --port ssh', /^--port is "ssh"; allowed are http, https, server, dialback, reverse$/],
    ['list a --category heartbeet', /^--category is "heartbeet", and none is called so .*Did you mean heartbeat\?$/],
    ['list a --numbers 9-3', /^--numbers is "9-3"; allowed is a number, or two as 3-9$/],
    ['list a --numbers 0', /^--numbers is "0"; attempts are numbered from 1$/],
    ['list a --limit many', /^--limit is "many"; allowed are whole numbers from 1 to 99999$/],
    ['list a --lmit 3', /^--lmit is no option of this command\. Did you mean --limit\?$/],
    ['show a b', /^NUMBER is "b"; attempts are numbered from 1$/],
    ['export a --out x --pcap y', /^--out and --pcap exclude each other; allowed is one of them$/],
  ])('trace %s', (words, problem) => {
    expect(parseTraceOptions(words.split(' ').filter((word) => word !== ''))).toEqual({
      misuse: expect.stringMatching(problem),
    });
  });

  it('ends with status 2 and the usage, and nothing on the output', async () => {
    expect(await trace(['list'])).toEqual({
      status: 2,
      out: '',
      err: expect.stringMatching(/^btc-pinata trace: SOURCE is missing.*\n`btc-pinata trace --help` says more/),
    });
    expect(await trace(['--help'])).toMatchObject({ status: 0, out: expect.stringMatching(/^Usage: /), err: '' });
  });
});

describe('a source that cannot be read', () => {
  const good = `${traceLine(attemptLine(7))}\n`;
  it.each([
    ['nothing is there', 'list', join(folder, 'nothing'), 2, /SOURCE is "\S+nothing", which cannot be read \(ENOENT\)/],
    ['a folder of something else', 'list', folder, 2, /a folder without a journal of traces/],
    ['a folder without traces', 'verify', folder, 2, /a folder without a journal of traces; wanted is the one that/],
    [
      'a URL of a page',
      'list',
      'http://127.0.0.1/attempts',
      2,
      /allowed is http:\/\/HOST:PORT, PORT from 1 to 65535, and nothing behind it/,
    ],
    ['no lines', 'show', wrote('empty', '\n'), 1, /empty holds no attempt/],
    [
      'no trace',
      'list',
      wrote('text', 'please give key\n'),
      1,
      /line 1 of \S+text is no line of a trace: the line is no JSON/,
    ],
    [
      'a field too many in line 2',
      'list',
      wrote('field', `${good}${good.replace('"head":{', '"head":{"key":1,')}`),
      1,
      /line 2 of \S+field is no line of a trace: head\.key is not known; known there are/,
    ],
    [
      'two attempts, and none chosen',
      'show',
      wrote('two', good + good),
      1,
      /holds more than one attempt; say which, as 7/,
    ],
  ])('%s', async (_, verb, source, status, problem) => {
    const said = await trace([verb, source]);
    expect(said.err).toMatch(problem);
    expect(said.status).toBe(status);
  });

  it('has no such attempt', async () => {
    const said = await trace(['explain', wrote('one', good), '8']);
    expect(said).toEqual({
      status: 1,
      out: '',
      err: expect.stringMatching(/has no attempt 8; `btc-pinata trace list \S+` shows/),
    });
  });

  it('cannot be written to', async () => {
    const said = await trace(['export', wrote('one', good), '--out', join(folder, 'no', 'such', 'folder')]);
    expect(said).toMatchObject({
      status: 2,
      err: expect.stringMatching(/--out is "\S+", which cannot be written \(ENOENT\)/),
    });
  });
});

describe('a site that is no piñata', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  it.each<readonly [string, RequestListener, RegExp]>([
    [
      'has no such page',
      (_, answer) => answer.writeHead(404).end(),
      /has no \/attempts\.json\?limit=100: it is no piñata/,
    ],
    ['is broken', (_, answer) => answer.writeHead(500).end(), /is not what a piñata publishes: it answers 500/],
    [
      'sends elsewhere',
      (_, answer) => answer.writeHead(302, { location: 'http://example.org/' }).end(),
      /cannot be read/,
    ],
    ['says something else', (_, answer) => answer.end('<html>'), /is not what a piñata publishes: it is no JSON/],
    ['has other JSON', (_, answer) => answer.end('{"attempts":3,"next":null}'), /is not what a piñata publishes: /],
    [
      'has other heads',
      (_, answer) => answer.end('{"attempts":[{"number":1}],"next":null}'),
      /is not what a piñata publishes: head|is not what a piñata publishes: at is nothing/,
    ],
    ['never stops', (_, answer) => endless(answer), /is longer than 4194304 bytes/],
    [
      'goes in circles',
      (_, answer) => answer.end(JSON.stringify({ attempts: [attemptLine(7).head], next: '/attempts.json' })),
      /its rows are not in their order, the newest first/,
    ],
    [
      'leads to another host',
      (_, answer) => answer.end(JSON.stringify({ attempts: [attemptLine(7).head], next: '//example.org/x' })),
      /it leads to another host/,
    ],
    [
      'leads nowhere',
      (_, answer) => answer.end(JSON.stringify({ attempts: [attemptLine(7).head], next: 'http://[bad\u202e' })),
      /http:\/\/\[bad\\x202e is not what a piñata publishes: it is no address/,
    ],
  ])('%s', async (_, listener, problem) => {
    const said = await trace(['list', await serve(listener), '--limit', '3']);
    expect(said.err).toMatch(problem);
    expect(said.status).toBe(1);
  });

  it('is not there', async () => {
    const site = await serve((_, answer) => answer.end());
    for (const server of servers.splice(0)) server.close();
    const said = await trace(['list', site]);
    expect(said).toMatchObject({
      status: 1,
      err: expect.stringMatching(/cannot be read \(connection refused\): is a piñata's page there\?/),
    });
  });

  it.each([
    ['answers in another language', (socket: Socket) => socket.end('220 smtp.example\r\n'), 'what it says is no HTTP'],
    ['only closes', (socket: Socket) => socket.destroy(), 'it closed the connection'],
  ])('%s', async (_, answer, fault) => {
    const server = createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => answer(socket)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const { err } = await trace(['list', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`]);
    server.close();
    expect(err).toContain(`cannot be read (${fault}): is a piñata's page there?`);
  });

  it('is at a port that is none, or that no `fetch` connects to', async () => {
    const none = await trace(['list', 'http://127.0.0.1:99999']);
    expect(none).toMatchObject({ status: 2, err: expect.stringContaining('PORT from 1 to 65535') });
    const blocked = await trace(['list', 'http://127.0.0.1:9']);
    expect(blocked).toMatchObject({
      status: 1,
      err: expect.stringContaining('cannot be read (`fetch` connects to no such port)'),
    });
  });
});

function endless(answer: Parameters<RequestListener>[1]): void {
  const part = 'x'.repeat(65_536);
  const more = (): void => {
    while (answer.write(part));
    answer.once('drain', more);
  };
  more();
}

describe('a file of any length', () => {
  it('is read no further than it is asked for', async () => {
    let given = 0;
    async function* forever(): AsyncGenerator<string> {
      for (;;) {
        given += 1;
        yield `${traceLine(attemptLine(given))}\n`;
      }
    }
    const source = new FileSource('forever', forever);
    const numbers: number[] = [];
    for await (const { number } of source.heads(everything, undefined)) {
      numbers.push(number);
      if (numbers.length === 10) break;
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(given).toBe(10);
    expect((await source.attempt(20)).head.number).toBe(20);
    expect(given).toBe(20);
  });

  it('may be cut anywhere, within a letter too, and end without a newline', async () => {
    const step = { t: 0, type: 'withheld', reason: 'señor' } as const;
    const bytes = Buffer.from(`${traceLine(attemptLine(1))}\r\n\n${traceLine(attemptLine(2, [step]))}`);
    for (const size of [1, 7, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const source = new FileSource('pieces', async function* pieced() {
        yield* pieces;
      });
      expect((await source.attempt(2)).body?.steps).toEqual([step]);
    }
  });

  it('with a line that does not end is not kept in memory', async () => {
    const source = new FileSource('endless', async function* spaces() {
      for (;;) yield ' '.repeat(65_536);
    });
    await expect(source.attempt(1)).rejects.toThrow(TraceFailure);
  });

  it('goes into a pipe that closes early: it ends as all programs do then, and says nothing', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${traceLine(attemptLine(index + 1))}\n`).join('');
    const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
    const child = spawn(process.execPath, [launcher, 'trace', 'list', wrote('long', lines)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'close');
    expect([child.exitCode, err]).toEqual([141, '']);
  });
});

it('of a file in which everything is wrong the first problems are told, and how many there are', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `${traceLine(attemptLine(index + 1))}\n`).join('');
  const { status, out } = await trace(['verify', '-'], lines);
  expect(out.match(/the body of attempt \d+ has the digest/g)).toHaveLength(20);
  expect(out).toMatch(/\nand 30 problems more\nTHIS IS NOT WHAT WAS RECORDED\n$/);
  expect(status).toBe(1);
});
