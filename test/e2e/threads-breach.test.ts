import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { releasePayload } from '../../service/bitcoin/index.ts';
import { secretToShare } from '../../service/bitcoin/sharing.ts';
import { Credentials } from '../../service/bounty/credentials.ts';
import type { TlsRole } from '../../service/bounty/endpoints.ts';
import { generationEntropyLength } from '../../service/bounty/generation.ts';
import { configure } from '../../service/host/configuration.ts';
import { entropy } from '../../service/host/entropy.ts';
import { makeWallet } from '../../service/host/open-wallet.ts';
import { type LiveService, liveService, TestClock } from '../host/live-service.ts';
import { Program } from '../host/program.ts';
import { dial, eventually, join as joinSockets, readAll } from '../host/relay.ts';
import { freePort } from '../support/free-port.ts';
import { RogueClient } from '../support/rogue/client.ts';
import type { Identity } from '../support/rogue/identity.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { Wire } from '../support/rogue/wire.ts';
import { released } from './released.ts';

/* The bounty's doors in threads, to the end: what is released, to whom, and what the page says of it. */

afterEach(() => Wire.closeAll());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-threads-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('whoever has the keys of a leaf, by each door', () => {
  /** A service whose first randomness is known: the keys of its leaves can be made once more. */
  async function robbed() {
    const clock = new TestClock();
    const [target, began] = [await freePort(), clock.seconds()];
    const drawn: Uint8Array[] = [];
    const flags = ['--threads', '2', '--dialback-target-port', String(target)];
    const result = configure({ argv: flags, environment: {}, readFile: () => '{}' });
    if (result.type !== 'run') throw new Error(JSON.stringify(result));
    const { key, wallet } = makeWallet(result.configuration, entropy);
    const live = await liveService(flags, undefined, undefined, {
      clock,
      entropy: (length) => {
        const bytes = entropy(length);
        if (length === generationEntropyLength) drawn.push(bytes.slice());
        return bytes;
      },
      threadProgram: {
        file: resolve(import.meta.dirname, '../../service/main.ts'),
        bait: { secret: secretToShare(key), wallet },
      },
    });
    const website = { dnsNames: ['localhost'], ipAddresses: [] };
    const lifetimeSeconds = result.configuration.certificateDays * 86_400;
    const options = { lifetimeSeconds, website, testCredentials: false };
    const stolen = new Credentials(options, drawn[0] ?? new Uint8Array(0), began);
    return { live, target, secret: releasePayload(key, wallet)(), stolen };
  }

  const identity = (stolen: Credentials, role: TlsRole): Identity => {
    const { certifiedKey } = stolen.lease(role);
    return {
      chain: [stolen.current.bounty[role].der],
      signer: { scheme: 0x0403, sign: (content) => certifiedKey.key.sign(content) },
    };
  };

  /** Of the attempts there are, as the page lists them. */
  const attempts = async (
    live: LiveService,
  ): Promise<readonly { readonly port: string; readonly category: string }[]> => {
    live.clock.pass(1);
    return JSON.parse(await live.get('/attempts.json?limit=100')).attempts;
  };

  test('is sent the secret in full, and it is a breach on the page, in the statistics and in the traces', async () => {
    const { live, target, secret, stolen } = await robbed();
    const { ports } = live.service;

    const client = await RogueClient.connect(ports.server);
    await client.shakeHands(identity(stolen, 'client'));
    expect((await client.ending()).data).toEqual(secret);
    client.wire.end();

    const server = await RogueServer.connect(ports.reverse);
    await server.shakeHands(identity(stolen, 'server'));
    expect((await server.ending()).data).toEqual(secret);
    server.wire.end();

    const listener = await Wire.listen('127.0.7.1', target);
    await Wire.connect(ports.dialback, '127.0.0.1', '127.0.7.1');
    const called = new RogueServer(await listener.next());
    await called.shakeHands(identity(stolen, 'server'));
    expect((await called.ending()).data).toEqual(secret);
    called.wire.end();

    await live.counted('breach', 3);
    expect(await live.status()).toMatchObject({ threads: 2, successes: { paired: 0, unpaired: 3, test: 0 } });
    expect(live.log().match(/released port=(server|reverse|dialback) release=breach/g)).toHaveLength(3);
    const breaches = await eventually(
      async () => (await attempts(live)).filter(({ category }) => category === 'breach'),
      ({ length }) => length === 3,
    );
    expect(breaches.map(({ port }) => port).toSorted()).toEqual(['dialback', 'reverse', 'server']);
    const { byCategory } = JSON.parse(await live.get('/statistics.json'));
    expect(JSON.stringify(byCategory)).toMatch(/"breach[^0-9]+3/);
  });
});

describe('a process with one socket for each door, which is in a thread of its own', () => {
  /** A regtest key that is worth nothing: the scalar 1. */
  const wif = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
  const keys = ['http', 'https', 'server', 'dialback', 'reverse'] as const;

  async function open() {
    const place = folder();
    const [keyFile, credentials, target] = [join(place, 'key'), join(place, 'test'), await freePort()];
    writeFileSync(keyFile, `${wif}\n`, { mode: 0o600 });
    const servers = await Promise.all(keys.map(() => listening()));
    const program = new Program(
      [
        ...['--json', '--threads', '3', '--key-file', keyFile, '--test-credentials', credentials],
        ...['--dialback-target-port', String(target), '--allow-private-dialback', '--shutdown-seconds', '0'],
      ],
      {
        descriptors: servers.map((server) => Number(Reflect.get(Reflect.get(server, '_handle'), 'fd'))),
        environment: { LISTEN_FDS: '5', LISTEN_FDNAMES: 'http:https:server@1:dialback@2:reverse@3' },
      },
    );
    onTestFinished(async () => void (await program.stop()));
    const { ports } = await program.ready();
    for (const server of servers) server.close();
    const port = (key: (typeof keys)[number]): number => ports[key] ?? 0;
    const get = async (path: string) =>
      JSON.parse(await (await fetch(`http://127.0.0.1:${port('http')}${path}`)).text());
    const counted = (expected: Readonly<Record<string, number>>) =>
      eventually(
        async () => (await get('/status.json')).connections.byCategory,
        (found) => Object.entries(expected).every(([key, count]) => found[key] === count),
      );
    return { port, get, counted, target, credentials };
  }

  test('gives the holder of test credentials the secret, and knows both ends of a bridge between two threads as its own', async () => {
    const { port, get, counted, target, credentials } = await open();
    const text = await released(port('server'), credentials);
    expect(text).toContain(`wif: ${wif}\n`);
    await counted({ 'success.test': 1 });

    // The correlator has what one thread signed when another is shown it.
    const [client, server] = [await dial(port('reverse')), await dial(port('server'))];
    await joinSockets(client, server);
    const listener = await Wire.listen('127.0.8.1', target);
    await readAll(await dial(port('dialback'), { localAddress: '127.0.8.1' }));
    const called = (await listener.next()).socket;
    called.removeAllListeners('data');
    await joinSockets(called, await dial(port('server')));
    await counted({ 'success.test': 1, 'success.short_circuit': 4, breach: 0 });

    // Its own words back, and those of a thread that plays the same part.
    const mirror = await dial(port('reverse'));
    mirror.pipe(mirror);
    await joinSockets(await dial(port('reverse')), await dial(port('reverse')));
    await counted({ 'handshake.unexpected': 3, withheld: 0, breach: 0, 'internal.exception': 0 });

    expect(await get('/status.json')).toMatchObject({
      threads: 3,
      test: true,
      successes: { paired: 4, unpaired: 0, test: 1 },
    });
    const listed = await eventually(
      async (): Promise<readonly { readonly category: string }[]> => (await get('/attempts.json?limit=100')).attempts,
      ({ length }) => length === 8,
    );
    const categories = listed.map(({ category }) => category).toSorted();
    expect(categories).toEqual([
      ...['handshake.unexpected', 'handshake.unexpected', 'handshake.unexpected'],
      ...['success.short_circuit', 'success.short_circuit', 'success.short_circuit', 'success.short_circuit'],
      'success.test',
    ]);
  });

  async function listening(): Promise<Server> {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return server;
  }
});
