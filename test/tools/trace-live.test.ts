import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttemptLine, parseTraceLine, type TraceStep } from '../../service/trace/index.ts';
import { dial, eventually, join as joinSockets, readAll } from '../host/relay.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';
import { type Said, trace } from './trace-run.ts';

/* What a live piñata recorded, read by the tools in every way there is: over HTTP, from a file, and from its folder. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-trace-'));
const data = join(folder, 'data');
const file = join(folder, 'attempts.jsonl');
const tshark = required.tool('tshark');
let pinata: LivePinata;
let site = '';

beforeAll(async () => {
  pinata = await LivePinata.start(['--data', data], false);
  site = `http://127.0.0.1:${pinata.ready.ports.http}`;
  const visits = [
    () => say('please give key\r\n'),
    () => say(Uint8Array.of(0x18, 3, 2, 0, 3, 1, 0x40, 0)),
    () => handshake('TLSv1.3'),
    () => handshake('TLSv1.2'),
    bridge,
  ];
  // An attempt has its number once it ended on their side: one after the other.
  for (const [before, visit] of visits.entries()) {
    await visit();
    await eventually(heads, ({ length }) => length > before);
  }
  await eventually(heads, ({ length }) => length === 6);
  const { status } = await trace(['export', site, '--out', file]);
  expect(status).toBe(0);
});
afterAll(async () => {
  await pinata?.stop();
  rmSync(folder, { recursive: true });
});

async function say(bytes: string | Uint8Array): Promise<void> {
  const socket = await dial(pinata.ready.ports.server);
  socket.write(bytes);
  await readAll(socket);
  socket.destroy();
}

/** Without a certificate: it is refused for that. */
async function handshake(version: 'TLSv1.2' | 'TLSv1.3'): Promise<void> {
  const socket = connectTls({
    port: pinata.ready.ports.server,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    minVersion: version,
    maxVersion: version,
  });
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
}

/** Both ends are recorded, and the bait goes by. */
async function bridge(): Promise<void> {
  const [server, client] = [await dial(pinata.ready.ports.server), await dial(pinata.ready.ports.reverse)];
  await joinSockets(server, client);
  server.destroy();
  client.destroy();
}

const heads = async (): Promise<readonly unknown[]> =>
  JSON.parse(await pinata.text('/attempts.json?limit=100')).attempts;

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

function attempts(): readonly AttemptLine[] {
  return linesOf(readFileSync(file, 'utf8')).flatMap((line) => {
    const parsed = parseTraceLine(line);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.line.type === 'attempt' ? [parsed.line] : [];
  });
}

function numberOf(category: string, version: string | null = null): number {
  const found = attempts().find(
    ({ head }) => head.category === category && (version === null || head.version === version),
  );
  if (found === undefined) throw new Error(`no attempt is in ${category}`);
  return found.head.number;
}

const well = (said: Said): string => {
  expect([said.status, said.err]).toEqual([0, '']);
  return said.out;
};

describe('list', () => {
  it('is the same of the piñata and of its file', async () => {
    const ofSite = well(await trace(['list', site]));
    expect(well(await trace(['list', file]))).toBe(ofSite);
    expect(linesOf(ofSite)).toHaveLength(7);
    expect(ofSite).toMatch(
      /\n +\d+ +\S+ \S+ +server +– +[0-9a-f]{16} +17 +\d+ +record\.not_tls .*sent protocol_version\n/,
    );
  });

  it('gives heads as they stand in the chain', async () => {
    const out = well(await trace(['list', site, '--json']));
    expect(linesOf(out).map((line) => JSON.parse(line))).toEqual((await heads()).toReversed());
  });

  it.each([
    ['--category cert.none', ['cert.none', 'cert.none']],
    ['--category record', ['record.not_tls']],
    ['--port reverse', ['success.short_circuit']],
    ['--numbers 1', ['record.not_tls']],
    ['--numbers 1-2 --limit 1', ['heartbeat']],
  ])('%s: of the piñata and of the file', async (words, categories) => {
    for (const source of [site, file]) {
      const out = well(await trace(['list', source, '--json', ...words.split(' ')]));
      expect(linesOf(out).map((line) => JSON.parse(line).category)).toEqual(categories);
    }
  });
});

describe('show', () => {
  it('draws who said what, and how it ended', async () => {
    const out = well(await trace(['show', site, String(numberOf('cert.none', '1.3'))]));
    expect(out).toMatch(/client_hello, \d+ bytes ─+▶│\n.*random +[0-9a-f]{64}/);
    expect(out).toMatch(/◀─+ server_hello, \d+ bytes/);
    expect(out).toMatch(/◀═+ certificate_request, \d+ bytes/);
    expect(out).toMatch(/◀─+ alert: certificate_required \(fatal\)/);
    expect(out).toMatch(/fault untrusted, certificate_missing: the client has no certificate/);
    expect(out.match(/fault untrusted/g)).toHaveLength(1);
  });

  it('says of what was no TLS what it was, and of the bait no more than its length', async () => {
    const greeting = well(await trace(['show', file, String(numberOf('record.not_tls'))]));
    expect(greeting).toContain('17 bytes that are no whole record: please give key..');
    const success = well(await trace(['show', file, String(numberOf('success.short_circuit'))]));
    expect(success).toMatch(/application data, \d+ bytes, not recorded/);
    expect(success).toContain('THE BAIT WENT OUT: short_circuit');
  });
});

describe('explain', () => {
  it('shows every byte there is, and nothing is unread', async () => {
    for (const line of attempts()) {
      const out = well(await trace(['explain', file, String(line.head.number)]));
      const dumped = [...out.matchAll(/^[0-9a-f]{4} {2}((?:[0-9a-f]{2} )*[0-9a-f]{2})/gm)].flatMap(
        ([, bytes = '']) => bytes,
      );
      expect(dumped.join('').replaceAll(' ', '')).toBe((line.body?.steps ?? []).map(bytesOf).join(''));
      expect(out).not.toContain('unread');
    }
  });

  it('names what it shows, with the section', async () => {
    const out = well(await trace(['explain', site, String(numberOf('cert.none', '1.2'))]));
    expect(out).toMatch(/^0000 {2}16 +type: handshake$/m);
    expect(out).toMatch(/^ +client_hello: ClientHello +RFC 9846 §4\.1\.2$/m);
    expect(out).toMatch(
      /^[0-9a-f]{4} {2}cc a9 +CipherSuite: TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 +RFC 7905 §2$/m,
    );
    expect(out).toMatch(/ASN\.1Cert: CN=server\.btc-pinata\.invalid, issued by CN=/);
    expect(out).toMatch(/^[0-9a-f]{4} {2}28 +description: handshake_failure +RFC 9846 §6$/m);
  });
});

/** What `explain` shows of a step: the header of a record always, and what was in it as far as it was kept. */
function bytesOf(step: TraceStep): string {
  if (step.type === 'rest') return step.bytes;
  if (step.type !== 'record') return '';
  const { contentType, version, length } = step;
  const header = [contentType, version >> 8, version & 255, length >> 8, length & 255];
  const hex = header.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if ('fragment' in step) return hex + step.fragment;
  return step.inner.type === 'said' ? hex + step.inner.fragment + step.inner.content : hex;
}

describe('stats', () => {
  it('has the table with the article beside it, and the shares sum to 100.0', async () => {
    const out = well(await trace(['stats', file]));
    const shares = [...out.matchAll(/^ {2}\S+ +\d+ +(\d+\.\d)/gm)].map(([, share]) => Number(share) * 10);
    expect(shares.reduce((sum, share) => sum + Math.round(share), 0)).toBe(1000);
    expect(out).toMatch(/^all +6 +100\.0$/m);
    expect(out).toMatch(/^ {2}heartbeat +1 +16\.\d +about 1260$/m);
    expect(out).toMatch(/^ {2}version\.ssl3 +0 +– +about 420$/m);
  });

  it('of a piñata counts every connection, the page’s too', async () => {
    const { connections, categories } = JSON.parse(well(await trace(['stats', site, '--json'])));
    const counts = new Map(
      categories.map(({ category, count }: { category: string; count: number }) => [category, count]),
    );
    expect(counts.get('cert.none')).toBe(2);
    expect(counts.get('website.page')).toBeGreaterThan(0);
    expect(connections).toBe([...counts.values()].reduce((sum: number, count) => sum + Number(count), 0));
  });
});

describe('export', () => {
  it('holds the attempts with their bodies, and the generation they began in', async () => {
    const generations = linesOf(readFileSync(file, 'utf8')).filter((line) => line.includes('"type":"generation"'));
    expect(generations).toHaveLength(1);
    const [{ generation }] = generations.map((line) => JSON.parse(line));
    expect(attempts().map(({ head }) => head.number)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { head, body } of attempts()) {
      expect(body).not.toBeNull();
      if (head.generation !== null) expect(head.generation).toBe(generation);
    }
  });

  it('goes through a pipe, and through a filter', async () => {
    const { status, out, err } = await trace(['export', '-', '--category', 'heartbeat'], readFileSync(file, 'utf8'));
    expect([status, err]).toEqual([0, '1 attempt, 1 generation\n']);
    const kept = linesOf(readFileSync(file, 'utf8')).filter((line) => /"type":"generation"|"heartbeat"/.test(line));
    expect(linesOf(out)).toEqual(kept);
  });

  it.skipIf(tshark.missing)(
    'is a capture that tshark decodes: hellos, messages, alerts, in whole records',
    async () => {
      const capture = join(folder, 'attempts.pcap');
      expect((await trace(['export', file, '--pcap', capture])).status).toBe(0);
      const decodeAs = ['10000', '10001', '10002'].flatMap((port) => ['-d', `tcp.port==${port},tls`]);
      const fields = [
        'tcp.stream',
        'ip.src',
        'tls.handshake.type',
        'tls.alert_message.desc',
        '_ws.malformed',
        '_ws.expert.message',
      ];
      const text = execFileSync(
        tshark.path,
        [
          '-r',
          capture,
          ...decodeAs,
          '-o',
          'tcp.check_checksum:TRUE',
          '-Y',
          'tls',
          '-T',
          'fields',
          ...fields.flatMap((name) => ['-e', name]),
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      );
      const rows = linesOf(text).map((line) => line.split('\t'));
      const types = rows.flatMap(([, , type = '']) => type.split(',')).filter((type) => type !== '');
      // Four ClientHellos and ServerHellos, and of TLS 1.2 what follows them in clear.
      expect(types.filter((type) => type === '1')).toHaveLength(4);
      expect(types.filter((type) => type === '2')).toHaveLength(4);
      expect(types).toEqual(expect.arrayContaining(['11', '12', '13', '14']));
      // protocol_version, unexpected_message and, of TLS 1.2, handshake_failure; the others are encrypted.
      expect(rows.flatMap(([, , , alert = '']) => (alert === '' ? [] : [alert])).toSorted()).toEqual([
        '10',
        '40',
        '70',
      ]);
      // The heartbeat says it is 16 KiB long and is not: that is Heartbleed.
      const malformed = rows.filter(([, , , , mark = '']) => mark !== '').map(([stream]) => stream);
      expect(new Set(malformed)).toEqual(new Set(['1']));
    },
  );
});

describe('verify', () => {
  it('finds nothing changed: at the piñata, in the file, and in the folder', async () => {
    for (const argv of [[site, '--bodies'], [file, '--against', site], [data, '--against', site], [data]]) {
      const { status, out } = await trace(['verify', ...argv]);
      expect([status, out]).toEqual([0, expect.stringMatching(/nothing was changed|the chain is whole/)]);
    }
    expect((await trace(['verify', file])).out).toMatch(/the chain up to attempt 6 is [0-9a-f]{64}/);
  });

  it.each([
    [
      'a head that was changed',
      (text: string) => text.replace('"category":"heartbeat"', '"category":"timeout"'),
      /the heads up to attempt 6 make [0-9a-f]{64}, and [0-9a-f]{64} was published/,
    ],
    [
      'a body that was changed',
      (text: string) => text.replace('"t":', '"t":9'),
      /the body of attempt 1 has the digest [0-9a-f]{64}, and its head says/,
    ],
    [
      'an attempt twice',
      (text: string) => text.replace(/^.*"number":6.*\n/m, '$&$&'),
      /attempt 6 comes after attempt 6/,
    ],
  ])('finds %s in a file', async (_, change, problem) => {
    const { status, out } = await trace(['verify', '-', '--against', site], change(readFileSync(file, 'utf8')));
    expect(out).toMatch(problem);
    expect(out).toContain('THIS IS NOT WHAT WAS RECORDED');
    expect(status).toBe(1);
  });

  it('claims nothing of heads that it cannot follow: some of the attempts may be in a file alone', async () => {
    const some = readFileSync(file, 'utf8').replace(/^.*"number":3.*\n/m, '');
    const { status, out } = await trace(['verify', '-', '--against', site], some);
    expect(out).toMatch(/the bodies are what their heads say; the heads themselves could not be checked/);
    expect(status).toBe(0);
  });

  it('finds what was changed in a folder', async () => {
    const copy = join(folder, 'copy');
    const edit = async (part: 'journal' | 'bodies', change: (text: string) => string): Promise<Said> => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(join(data, 'traces'), copy, { recursive: true });
      const names = readdirSync(copy).filter((name) => name.includes(`.${part}.jsonl`));
      for (const name of names) {
        const path = join(copy, name);
        const bytes = readFileSync(path);
        const text = (name.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString('utf8');
        rmSync(path);
        writeFileSync(path.replace(/\.zst$/, ''), change(text));
      }
      return trace(['verify', copy, '--against', site]);
    };
    expect(await edit('journal', (text) => text)).toMatchObject({ status: 0 });
    const head = await edit('journal', (text) => text.replace('"category":"heartbeat"', '"category":"timeout"'));
    expect(head).toMatchObject({ status: 1, out: expect.stringMatching(/the heads make [0-9a-f]{64}, and/) });
    const gone = await edit('journal', (text) => text.replace(/^\{"number":2,.*\n/m, ''));
    expect(gone).toMatchObject({ status: 1, out: expect.stringMatching(/attempt 3 stands where 2 should be/) });
    const body = await edit('bodies', (text) => text.replace('"omitted":0', '"omitted":1'));
    expect(body).toMatchObject({ status: 1, out: expect.stringMatching(/the body of attempt 1 has the digest/) });
    const without = await edit('bodies', (text) => text.replace(/^.*\n/, ''));
    expect(without).toMatchObject({ status: 1, out: expect.stringMatching(/the body of attempt 1 is missing/) });
  });
});

// The last one: it is an attempt itself.
it('over HTTPS the piñata’s own authority is to be trusted first', async () => {
  const { status, err } = await trace(['list', `https://localhost:${pinata.ready.ports.https}`]);
  expect(err).toMatch(
    /cannot be read \(\w+\): to trust its own authority, save its \/site-ca\.pem and name that file in/,
  );
  expect(status).toBe(1);
});
