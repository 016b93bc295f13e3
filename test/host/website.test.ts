import { Agent, get } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LiveService, liveService } from './live-service.ts';
import { dial, readAll } from './relay.ts';

/* The page by sockets: the site and the engine are tested elsewhere, here is what lies between them and a visitor. */

const request = (path: string, close = false): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${close ? 'Connection: close\r\n' : ''}\r\n`;

async function visitor(
  live: LiveService,
  options: { readonly protocols?: readonly string[] } = {},
): Promise<TLSSocket> {
  const ca = await live.get('/certificates.pem');
  const socket = connect({
    port: live.service.ports.https,
    host: '127.0.0.1',
    servername: 'localhost',
    ca,
    ...(options.protocols === undefined ? {} : { ALPNProtocols: [...options.protocols] }),
  });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

const heard = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    // Only a close_notify makes this event: a connection that merely ends is an error to some clients.
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });

describe('the page over HTTPS', () => {
  test('is the page over HTTP, with ALPN http/1.1, offered beside h2, or without', async () => {
    const live = await liveService();
    const plain = await live.get('/ca.pem');
    for (const protocols of [['h2', 'http/1.1'], ['http/1.1'], undefined]) {
      const socket = await visitor(live, protocols === undefined ? {} : { protocols });
      expect(socket.alpnProtocol).toBe(protocols === undefined ? false : 'http/1.1');
      socket.write(request('/ca.pem', true));
      expect(await heard(socket)).toContain(plain);
    }
    await live.counted('website.page', 3 + (await pagesOf(live)));
  });

  test('a probe gets a handshake and a goodbye, and is counted as one', async () => {
    const live = await liveService();
    for (const protocols of [['pinata-probe/1'], ['pinata-probe/1', 'http/1.1']]) {
      const socket = await visitor(live, { protocols });
      expect(socket.alpnProtocol).toBe('pinata-probe/1');
      const said = heard(socket);
      socket.write(request('/ca.pem', true));
      expect(await said).toBe('');
    }
    await live.counted('probe', 2);
  });

  test('a poller that says so is counted as a probe, unless a request of its connection is not its own', async () => {
    const live = await liveService();
    const asked = (agent: string): string => `GET /healthz HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${agent}\r\n\r\n`;
    const poller = asked('btc-pinata-poller/1');
    for (const said of [poller, poller + poller, poller + asked('curl/8'), asked('curl/8') + poller]) {
      const socket = await dial(live.service.ports.http);
      onTestFinished(() => void socket.destroy());
      socket.end(said);
      await readAll(socket);
    }
    await live.counted('probe', 2);
  });

  test('by any name of its certificate, and by no other', async () => {
    const live = await liveService(['--name', 'pinata.example,192.0.2.7']);
    const ca = await live.get('/certificates.pem');
    for (const [servername, fits] of [
      ['localhost', true],
      ['pinata.example', true],
      ['other.example', false],
    ] as const) {
      const answer = await new Promise<boolean>((resolve) => {
        const socket = connect({ port: live.service.ports.https, host: '127.0.0.1', servername, ca }, () =>
          resolve(true),
        );
        socket.on('error', () => resolve(false));
        onTestFinished(() => void socket.destroy());
      });
      expect([servername, answer]).toEqual([servername, fits]);
    }
  });

  test('keeps a connection alive, as often as it says, and every answer is whole', async () => {
    const live = await liveService();
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      ca: await live.get('/certificates.pem'),
      servername: 'localhost',
    });
    onTestFinished(() => agent.destroy());
    const page = (): Promise<number> =>
      new Promise((resolve, reject) => {
        get({ port: live.service.ports.https, host: '127.0.0.1', path: '/', agent }, (response) => {
          let length = 0;
          response.on('data', (chunk: Buffer) => {
            length += chunk.length;
          });
          response.on('end', () => resolve(response.statusCode === 200 ? length : -1));
        }).on('error', reject);
      });
    const first = await page();
    expect(first).toBeGreaterThan(5000);
    for (let i = 0; i < 30; i += 1) expect(await page()).toBeGreaterThan(5000);
    const { byPort } = (await live.status()).connections;
    expect(byPort['https']).toBe(1);
  });

  test('answers fifty requests that came at once, in order, also to who reads slowly', async () => {
    const live = await liveService();
    const socket = await visitor(live);
    const paths = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? '/' : '/healthz'));
    socket.pause();
    socket.write(paths.map((path, i) => request(path, i === 49)).join(''));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answers = await heard(socket.resume());
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(50);
    expect(answers.match(/<\/html>/g)).toHaveLength(25);
  });

  test('takes a request that comes letter by letter, in as many records', async () => {
    const live = await liveService();
    const socket = await visitor(live);
    socket.setNoDelay(true);
    const answer = heard(socket);
    for (const letter of request('/healthz', true)) {
      socket.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('answers no half request, whose end somebody may have cut off', async () => {
    const live = await liveService();
    const raw = await dial(live.service.ports.https);
    const socket = connect({ socket: raw, servername: 'localhost', ca: await live.get('/certificates.pem') });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const answer = heard(socket);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    // The FIN of the transport alone, without close_notify (RFC 9846 §6.1).
    raw.end();
    expect(await answer).toBe('');
  });

  test('a handshake without a request has a category of its own', async () => {
    const live = await liveService();
    (await visitor(live)).end();
    await live.counted('website.handshake', 1);
  });

  test('garbage and plain HTTP get their alert, and are counted as on any other port', async () => {
    const live = await liveService();
    for (const noise of [request('/', true), 'please give key\r\n']) {
      const socket = await dial(live.service.ports.https);
      onTestFinished(() => void socket.destroy());
      socket.write(noise);
      expect((await readAll(socket))[0]).toBe(21);
    }
    await live.counted('record.not_tls', 2);
  });

  test('handshakes have a rate by prefix, apart from that of the bounty', async () => {
    const live = await liveService(['--handshakes-per-second', '1']);
    const answer = async (door: 'https' | 'server'): Promise<number> => {
      const socket = await dial(live.service.ports[door], { localAddress: '127.0.4.1' });
      onTestFinished(() => void socket.destroy());
      socket.end('no TLS at all');
      return (await readAll(socket)).length;
    };
    const lengths: number[] = [];
    for (let i = 0; i < 13; i += 1) lengths.push(await answer('https'));
    expect(lengths.slice(0, 10)).toEqual(new Array(10).fill(7));
    expect(lengths.at(-1)).toBe(0);
    expect(await answer('server')).toBe(7);
  });
});

const pagesOf = async (live: LiveService): Promise<number> =>
  (await live.status()).connections.byCategory['website.page'] ?? 0;
