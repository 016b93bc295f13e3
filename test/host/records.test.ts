import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authority, entity } from '../../service/tools/rogue/certificate-builder.ts';
import { type AttemptHead, chained, headLine, parseTraceLine } from '../../service/trace/index.ts';
import { exportPkcs8, generatePrivateKey } from '../../service/x509/index.ts';
import { type LiveService, liveService } from './live-service.ts';
import { dial, eventually, join as joinSockets, readAll } from './relay.ts';

/* The pages of the past, of a service that is running: what was done to it a moment ago is on them. */

const name = 'hacker <img src=x onerror=alert(1)>';

interface Visited extends LiveService {
  readonly json: (path: string) => Promise<unknown>;
  readonly heads: () => Promise<readonly AttemptHead[]>;
}

async function visited(flags: readonly string[] = []): Promise<Visited> {
  const live = await liveService(flags);
  // A page is made once a second of the service's own clock.
  const get = (path: string): Promise<string> => {
    live.clock.pass(1);
    return live.get(path);
  };
  const json = async (path: string): Promise<unknown> => JSON.parse(await get(path));
  const heads = async (): Promise<readonly AttemptHead[]> => {
    const { attempts }: { attempts: readonly AttemptHead[] } = JSON.parse(await get('/attempts.json'));
    return attempts;
  };
  return { ...live, get, json, heads };
}

/** Until an attempt of a category is published. */
async function published({ heads }: Visited, category: string, count = 1): Promise<AttemptHead> {
  const all = await eventually(heads, (found) => found.filter((head) => head.category === category).length >= count);
  const head = all.find((each) => each.category === category);
  if (head === undefined) throw new Error(`no attempt ended as ${category}`);
  return head;
}

/** Says something to the server port, and hears it out. */
async function say({ service }: Visited, text: string): Promise<void> {
  const socket = await dial(service.ports.server);
  const answer = readAll(socket);
  socket.end(text);
  await answer;
}

/** A client of another stack, with a certificate of its own or without. */
async function knock({ service }: Visited, certificate: { key: string; cert: string } | undefined): Promise<void> {
  const socket = connect({
    port: service.ports.server,
    host: '127.0.0.1',
    servername: 'evil.example',
    rejectUnauthorized: false,
    ALPNProtocols: ['pinata/1'],
    ...certificate,
  });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
}

function selfMade(): { readonly der: Uint8Array; readonly pem: { key: string; cert: string } } {
  const holder = {
    ...entity(name, 9),
    key: generatePrivateKey('P-256', new Uint8Array(48).fill(9), { extractable: true }),
  };
  const der = authority(holder);
  const pem = (label: string, bytes: Uint8Array): string =>
    `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64')}\n-----END ${label}-----\n`;
  return { der, pem: { cert: pem('CERTIFICATE', der), key: pem('PRIVATE KEY', exportPkcs8(holder.key)) } };
}

describe('what was done a moment ago', () => {
  it('is an attempt with a diagram, a greeting, a rejected certificate, a short-circuit', async () => {
    const live = await visited();
    await say(live, 'hi give me teh btcs <b>\r\n');
    const greeting = await published(live, 'record.not_tls');
    expect(await live.json('/guest-book.json')).toMatchObject({
      greetings: [{ number: greeting.number, port: 'server', text: 'hi give me teh btcs <b>' }],
    });
    expect(await live.get('/guest-book')).toContain('hi give me teh btcs &lt;b&gt;');

    await knock(live, undefined);
    const refused = await published(live, 'cert.none');
    const page = await live.get(`/attempts/${refused.number}`);
    for (const text of [
      'ClientHello',
      'ServerHello',
      'certificate_required',
      '&quot;evil.example&quot;',
      'supported_groups',
    ]) {
      expect(page).toContain(text);
    }
    const parsed = parseTraceLine(await live.get(`/attempts/${refused.number}.jsonl`));
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(parsed.line).toMatchObject({ type: 'attempt', head: refused });

    const { der, pem } = selfMade();
    await knock(live, pem);
    const shown = await eventually(
      () => live.get('/certificates/rejected.json'),
      (text) => text.includes('hacker'),
    );
    const { certificates }: { certificates: readonly { sha256: string; count: number }[] } = JSON.parse(shown);
    expect(certificates).toHaveLength(1);
    const path = `/certificates/rejected/${certificates[0]?.sha256}`;
    expect(await live.json(`${path}.json`)).toMatchObject({
      der: bytesToHex(der),
      count: 1,
      fields: expect.arrayContaining([
        expect.objectContaining({ name: 'subject', value: expect.stringContaining('hacker') }),
      ]),
    });
    const gallery = await live.get(path);
    expect(gallery).toContain('onerror=alert');
    expect(gallery).not.toContain('<img');

    await joinSockets(await dial(live.service.ports.server), await dial(live.service.ports.reverse));
    await published(live, 'success.short_circuit', 2);
    expect(await live.json('/breaches.json')).toMatchObject({
      counts: { breaches: 0, shortCircuits: 2, test: 0 },
      shortCircuits: [{}, {}],
    });
    expect(await live.get('/breaches')).toContain('None so far');
  });

  it('is counted: the categories sum to all connections, and the chain of the day can be computed from what is published', async () => {
    const live = await visited();
    for (let i = 0; i < 5; i += 1) await say(live, `hello ${i}`);
    await published(live, 'record.not_tls', 5);
    const { connections, byCategory, attempts }: Summary = JSON.parse(await live.get('/statistics.json'));
    expect(Object.values(byCategory).reduce((sum, count) => sum + count, 0)).toBe(connections);
    expect(attempts).toBe(5);
    const { days }: Days = JSON.parse(await live.get('/days.json'));
    let digest: Uint8Array = new Uint8Array(32);
    for (const head of (await live.heads()).toReversed()) digest = chained(digest, headLine(head));
    expect(days[0]?.chain).toMatchObject({ first: 1, last: 5, digest: bytesToHex(digest) });
    expect(await live.get('/statistics')).toContain(bytesToHex(digest));
    expect(hexToBytes(days[0]?.chain.digest ?? '')).toHaveLength(32);
  });
});

interface Summary {
  readonly connections: number;
  readonly attempts: number;
  readonly byCategory: Readonly<Record<string, number>>;
}
interface Days {
  readonly days: readonly { readonly chain: { readonly digest: string } }[];
}

it('an incident that the operator writes down is on its page', async () => {
  const data = mkdtempSync(join(tmpdir(), 'pinata-incidents-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const live = await visited(['--data', data]);
  expect(await live.get('/incidents')).toContain('Nothing was written down.');
  appendFileSync(
    join(data, 'incidents.jsonl'),
    `${JSON.stringify({ date: '2026-11-21', title: 'A <title>', text: 'What happened.' })}\n`,
  );
  expect(await live.get('/incidents')).toContain('A &lt;title&gt;');
  expect(await live.json('/incidents.json')).toMatchObject({ incidents: [{ date: '2026-11-21' }], unreadable: 0 });
});

describe('/handshake', () => {
  interface Shown {
    readonly handshake: {
      readonly steps: readonly { readonly type: string; readonly random?: string }[];
      readonly arrows: readonly { readonly title: string; readonly fields: readonly unknown[] }[];
    } | null;
  }

  /** What one connection is shown of itself, and what its own end knows. */
  async function shown(live: Visited, version: 'TLSv1.2' | 'TLSv1.3') {
    const ca = await live.get('/certificates.pem');
    const options = { port: live.service.ports.https, host: '127.0.0.1', servername: 'localhost', ca } as const;
    const socket: TLSSocket = connect({ ...options, minVersion: version, maxVersion: version });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const cipher = socket.getCipher().standardName;
    socket.write('GET /handshake.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    const document: Shown = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
    return { cipher, steps: document.handshake?.steps ?? [], arrows: document.handshake?.arrows ?? [] };
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is of this very connection: %s', async (version) => {
    const live = await visited();
    const [one, other] = [await shown(live, version), await shown(live, version)];
    const random = ({ steps }: typeof one) => steps.find(({ type }) => type === 'client_random')?.random;
    expect(random(one)).toMatch(/^[0-9a-f]{64}$/);
    expect(random(one)).not.toBe(random(other));
    expect(one.steps.find(({ type }) => type === 'negotiated')).toMatchObject({
      version: version.slice(4),
      cipherSuite: one.cipher,
      serverName: 'localhost',
    });
    expect(one.steps.at(-1)).toMatchObject({ type: 'established' });
    const titles = one.arrows.map(({ title }) => title);
    expect(titles.filter((title) => title === 'Finished')).toHaveLength(2);
    expect(titles).not.toContain('Application data');
    expect(one.arrows.find(({ title }) => title === 'ServerHello')?.fields.length).toBeGreaterThan(8);
  });

  it('over plain HTTP there is none', async () => {
    const live = await visited();
    expect(await live.json('/handshake.json')).toEqual({ handshake: null });
    expect(await live.get('/handshake')).toContain(`https://127.0.0.1:${live.service.ports.https}/handshake`);
  });
});
