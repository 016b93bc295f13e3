import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { challengeCommand } from '../../service/tools/challenge-command.ts';
import { parseChallengeOptions } from '../../service/tools/challenge-options.ts';
import { fieldsOf, proofOf } from '../attest/sample-statement.ts';
import { liveService } from '../host/live-service.ts';

/* `btc-pinata challenge` against a piñata that runs, and against what only says that it is one. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-challenge-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(...argv: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await challengeCommand(argv, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    style: { width: 100, colour: false, unicode: true },
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

interface Report {
  readonly passed: boolean;
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly found: string }[];
}
const outcomes = ({ out }: Said): Readonly<Record<string, string>> => {
  const report: Report = JSON.parse(out);
  return Object.fromEntries(report.checks.map(({ name, outcome }) => [name, outcome]));
};

const block = '00000000000000000001'.padEnd(64, 'a');
const good = {
  ...{
    text: 'pass',
    address: 'pass',
    signature: 'pass',
    challenge: 'pass',
    preimage: 'pass',
    time: 'pass',
    test: 'pass',
  },
  ...{ 'bounty-authority': 'pass', 'site-authority': 'pass', build: 'unchecked', 'started-at': 'unchecked' },
};

/** The website of a piñata, passed on with what `change` makes of each answer. */
async function passedOn(port: number, change: (path: string, text: string) => string): Promise<number> {
  const server = createServer((request, response) => void pass(request, response));
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const { method = 'GET', url = '/' } = request;
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
      method,
      headers: { connection: 'close' },
      ...(method === 'POST' ? { body } : {}),
    });
    response.writeHead(answer.status);
    response.end(change(url, await answer.text()));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('against a piñata', () => {
  it('passes, is written down, and passes again from the file, with what was seen before', async () => {
    const { service } = await liveService();
    const file = join(folder, 'first.json');
    const host = `127.0.0.1:${service.ports.http}`;
    const first = await run(host, '--block-hash', block, '--out', file, '--json');
    expect([first.status, first.err]).toEqual([0, '']);
    expect(outcomes(first)).toEqual(good);

    const again = await run('--verify', file, '--earlier', file, '--json');
    expect(again.status).toBe(0);
    expect(outcomes(again)).toEqual({ ...good, challenge: 'unchecked', 'started-at': 'pass' });

    const read = await run('--verify', file);
    expect(read.out).toContain(`What the ports showed, and when, is the word of whoever made "${file}".`);
    expect(first.out).not.toContain('is the word of');
    expect(read.out).toContain('a path of 0 steps to the signed root');

    const build = /build-sha256: ([^\\]+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    const later = await run(host, '--earlier', file, '--build', build);
    expect([later.status, later.err]).toEqual([0, '']);
    expect(later.out).toContain('the same process as before');
    expect(later.out).toContain('10 of 11 checks passed; 1 had nothing to be held against.');
    expect(later.out.split('\n').every((line) => line.length <= 100)).toBe(true);

    const other = await run(host, '--build', 'ab'.repeat(32), '--json');
    expect(other.status).toBe(1);
    expect(outcomes(other)).toEqual({ ...good, build: 'fail', preimage: 'unchecked' });
  });

  it('of test credentials: fails, for they let anybody in who has them', async () => {
    const { service } = await liveService(['--test-credentials', join(folder, 'credentials')]);
    const said = await run(`127.0.0.1:${service.ports.http}`, '--json');
    expect(said.status).toBe(1);
    expect(outcomes(said)).toEqual({ ...good, test: 'fail', preimage: 'unchecked' });
  });

  it('that speaks TLS 1.2 alone: it refuses us before its Finished, and has shown what there is to see', async () => {
    const [{ service }, other] = [await liveService(['--tls', '1.2']), await liveService(['--tls', '1.2'])];
    const host = `127.0.0.1:${service.ports.http}`;
    expect(outcomes(await run(host, '--json'))).toEqual({ ...good, preimage: 'unchecked' });
    const elsewhere = await run(host, '--json', '--server-port', String(other.service.ports.server));
    expect(outcomes(elsewhere)).toEqual({ ...good, preimage: 'unchecked', 'bounty-authority': 'fail' });
  });

  it('asks an Esplora API for the newest block', async () => {
    const { service } = await liveService();
    const server = createServer((request, response) => {
      response.end(request.url === '/api/blocks/tip/hash' ? block : 'not here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close().closeAllConnections());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const host = `127.0.0.1:${service.ports.http}`;
    const said = await run(host, '--esplora', `http://127.0.0.1:${port}/api/`, '--json');
    expect(outcomes(said)).toEqual(good);
    expect(said.out).toContain(block);
    const nowhere = await run(host, '--esplora', `http://127.0.0.1:${port}/other`);
    expect([nowhere.status, nowhere.out]).toEqual([3, '']);
    expect(nowhere.err).toMatch(/no hash of a block/);
  });
});

describe('against one that lies', () => {
  const proofs = (change: (text: string) => string) => (path: string, text: string) =>
    path.startsWith('/challenge/') ? change(text) : text;

  const other = (sign: string): string => (sign === '0' ? '1' : '0');
  it.each([
    ['in the text', (text: string) => text.replace('test: false', 'test: true'), ['signature', 'test']],
    ['in the signature', (text: string) => text.replace(/(?<="signature": "smp.{20})./, other), ['signature']],
    [
      'with an authority of its own',
      (text: string) => text.replace(/(?<=\\nca-sha256: )./, other),
      ['signature', 'bounty-authority'],
    ],
    ['with words of its own', (text: string) => text.replace('\\ntime:', '\\nnote: x\\ntime:'), Object.keys(good)],
    [
      'with a challenge of its own',
      (text: string) => text.replace(/(?<="challenge": ")./, other),
      ['challenge', 'preimage'],
    ],
  ])('%s', async (_, change, failed) => {
    const { service } = await liveService();
    const port = await passedOn(service.ports.http, proofs(change));
    const said = await run(`127.0.0.1:${port}`, '--block-hash', block, '--json');
    expect(said.status).toBe(1);
    const found = Object.entries(outcomes(said)).flatMap(([name, outcome]) => (outcome === 'fail' ? [name] : []));
    expect(new Set(found)).toEqual(new Set(failed));
  });

  it('with the last statement, which answers nobody: no proof', async () => {
    const { service, get } = await liveService();
    const last = await get('/attestation.json');
    const port = await passedOn(
      service.ports.http,
      proofs(() => last),
    );
    const said = await run(`127.0.0.1:${port}`, '--json', '--timeout', '60');
    // A ticket that waits is answered with 202 all the same, so that this is seen once it is signed.
    expect([said.status, said.out]).toEqual([3, '']);
    expect(said.err).toMatch(/without our challenge/);
  });

  it('with the authority of another piñata: its ports do not show it', async () => {
    const [{ service }, { get }] = [await liveService(), await liveService()];
    const [ca, siteCa] = [await get('/ca.pem'), await get('/site-ca.pem')];
    const port = await passedOn(service.ports.http, (path, text) => {
      if (path === '/ca.pem') return ca;
      return path === '/site-ca.pem' ? siteCa : text;
    });
    const said = await run(`127.0.0.1:${port}`, '--json');
    expect(said.status).toBe(1);
    expect(outcomes(said)).toEqual({
      ...good,
      ...{ 'bounty-authority': 'fail', 'site-authority': 'fail', preimage: 'unchecked' },
    });
  });

  it('whose page says one authority and whose port shows another', async () => {
    const [{ service }, other] = [await liveService(), await liveService()];
    const ports = [
      '--server-port',
      String(other.service.ports.server),
      '--https-port',
      String(other.service.ports.https),
    ];
    const said = await run(`127.0.0.1:${service.ports.http}`, '--json', ...ports);
    expect(said.status).toBe(1);
    expect(outcomes(said)).toMatchObject({ 'bounty-authority': 'fail', 'site-authority': 'fail', signature: 'pass' });
  });
});

describe('where there is no piñata', () => {
  it.each([
    ['another website', (_: IncomingMessage, response: ServerResponse) => response.writeHead(404).end(), /answers 404/],
    [
      'a ticket that leads elsewhere',
      (_: IncomingMessage, response: ServerResponse) => response.writeHead(202).end('{"url": "//evil.example/"}'),
      /no ticket/,
    ],
    [
      'one that never signs',
      (request: IncomingMessage, response: ServerResponse) =>
        response.writeHead(202).end(request.method === 'POST' ? '{"url": "/challenge/0123456789abcdef-0"}' : ''),
      /in time/,
    ],
    [
      'one that never ends',
      (_: IncomingMessage, response: ServerResponse) => void response.writeHead(202).write('x'.repeat(200_000)),
      /longer than/,
    ],
    [
      'one that breaks off',
      (_: IncomingMessage, response: ServerResponse) => {
        response.writeHead(202, { 'content-length': 100 }).write('{');
        setImmediate(() => response.destroy());
      },
      /does not answer: it closed the connection\./,
    ],
  ])('%s: said so, and 3', async (name, answer, says) => {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close().closeAllConnections());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const said = await run(`127.0.0.1:${port}`, '--timeout', name === 'one that never signs' ? '2' : '60');
    expect([said.status, said.out]).toEqual([3, '']);
    expect(said.err).toMatch(says);
  });
});

describe('files', () => {
  const at = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it.each([
    ['no JSON', 'x'],
    ['of another format', '{"format":"btc-pinata/proof/v2"}'],
    ['a record without its proof', '{"format":"btc-pinata/challenge-record/v1"}'],
  ])('%s: wrong usage, and said why', async (_, text) => {
    const file = at('bad.json', text);
    const said = await run('--verify', file);
    expect([said.status, said.out]).toEqual([2, '']);
    expect(said.err).toContain(`${file} is no proof`);
  });

  it('one that is not there: wrong usage', async () => {
    expect((await run('--verify', join(folder, 'nowhere'))).status).toBe(2);
    expect((await run('--verify', at('x.json', 'x'), '--earlier', join(folder, 'nowhere'))).status).toBe(2);
  });
});

describe('the command line', () => {
  it.each<readonly [readonly string[], RegExp]>([
    [[], /one HOST is wanted/],
    [['a', 'b'], /one HOST is wanted/],
    [['http://a/'], /is a URL/],
    [['a:0'], /PORT is "0"/],
    [['a', '--block-hash', 'AB'.repeat(32)], /64 lower-case hex digits/],
    [['a', '--block-hash', 'ab'.repeat(32), '--esplora', 'http://b'], /one is wanted/],
    [['a', '--esplora', 'b'], /wanted is a URL/],
    [['a', '--esplora', 'file:///etc/passwd'], /wanted is a URL/],
    [['a', '--build', 'x'], /--build is "x"/],
    [['a', '--https-port', '70000'], /1 to 65535/],
    [['a', '--timeout', '0'], /1 to 3600/],
    [['a', '--http-port', '8080'], /stands behind the host, as HOST:8080/],
    [['a', '--verify', 'f'], /takes no HOST/],
    [['--verify', 'f', '--out', 'g'], /--out is for asking/],
    [['a', '--bock-hash', 'x'], /Did you mean --block-hash/],
  ])('%j: %s', async (argv, says) => {
    expect(parseChallengeOptions(argv)).toMatchObject({ misuse: expect.stringMatching(says) });
    const said = await run(...argv);
    expect([said.status, said.out]).toEqual([2, '']);
    expect(said.err).toContain('`btc-pinata challenge --help` says more.');
  });
});

describe('a saved proof', () => {
  it('with signs that paint a terminal is printed without them, as JSON too', async () => {
    const file = join(folder, 'painted.json');
    const text = '\u009b31m\u202e\u001b[2J';
    const proof = { format: 'btc-pinata/proof/v1', challenge: '00'.repeat(32), path: [] };
    const preimage = { random: '00'.repeat(32), blockHash: '00'.repeat(32) };
    const seen = { caSha256: text, siteCaSha256: text };
    const record = { format: 'btc-pinata/challenge-record/v1', preimage, seen, asked: 1, answered: 2 };
    for (const painted of [
      { ...record, proof: { ...proof, statement: text, signature: `smp${text}` } },
      { ...record, proof: proofOf(fieldsOf(), proof.challenge, []) },
      { ...record, proof: { ...proof, [text]: 1, statement: '', signature: '' } },
    ]) {
      writeFileSync(file, JSON.stringify(painted));
      for (const json of [[], ['--json']]) {
        const { out, err } = await run('--verify', file, ...json);
        expect(out + err).toMatch(/^[ -~\n✓✗–ñ]+$/);
      }
    }
  });
});
