import { utf8ToBytes } from '@noble/hashes/utils.js';
import { afterEach, describe, expect, it } from 'vitest';
import { cipherSuites } from '../../service/tls/cipher-suite.ts';
import type { ClientConfig, ServerConfig } from '../../service/tls/index.ts';
import { namedGroups } from '../../service/tls/named-group.ts';
import { failureKey } from '../../service/trace/index.ts';
import { connectEngine, listenEngine } from '../support/engine-socket.ts';
import { RogueClient } from '../support/rogue/client.ts';
import { forger, RogueAuthority } from '../support/rogue/identity.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { Wire } from '../support/rogue/wire.ts';

/* The rogue peer, against the engine itself: it can be honest, so that what it is refused for is what it did wrong. */

afterEach(() => Wire.closeAll());

const domain = 'btc-pinata.invalid';
const serverName = `server.${domain}`;
const clientName = `client.${domain}`;
const authority = new RogueAuthority('test authority', [domain]);
const server = authority.issue({ purpose: 'serverAuth', dnsNames: [serverName] });
const client = authority.issue({ purpose: 'clientAuth', dnsNames: [clientName] });
const anchor = authority.certificate.certificate;

const serverConfig: ServerConfig = {
  certifiedKeys: [server.certifiedKey],
  alpn: { protocols: ['pinata/1'], absent: 'tolerated' },
  clientAuthentication: { trust: { anchor, purpose: 'clientAuth', dnsName: clientName } },
};
const clientConfig: ClientConfig = {
  serverName,
  alpn: ['pinata/1'],
  trust: { anchor, purpose: 'serverAuth', dnsName: serverName },
  certifiedKey: client.certifiedKey,
};

async function againstServer() {
  const engine = await listenEngine(serverConfig);
  const rogue = await RogueClient.connect(engine.port);
  return { rogue, engine: await engine.next() };
}

async function againstClient() {
  const listener = await Wire.listen();
  const engine = await connectEngine(listener.port, clientConfig);
  return { rogue: new RogueServer(await listener.next()), engine };
}

describe('an honest rogue client', () => {
  it.each(cipherSuites.map(({ name, code }) => [name, code] as const))('shakes hands with %s', async (_, code) => {
    const { rogue, engine } = await againstServer();
    await rogue.shakeHands(client, { cipherSuites: [code] });
    await engine.established();
    rogue.data(utf8ToBytes('hello'));
    await engine.until('hello', () => engine.text === 'hello');
    engine.send('goodbye');
    engine.close();
    expect(await rogue.ending()).toEqual({ alerts: ['close_notify'], data: utf8ToBytes('goodbye'), how: 'fin' });
  });

  it.each(namedGroups.map(({ name, code }) => [name, code] as const))('agrees on %s', async (_, code) => {
    const { rogue, engine } = await againstServer();
    await rogue.shakeHands(client, { shares: [code] });
    await engine.established();
  });

  it('answers a HelloRetryRequest', async () => {
    const { rogue, engine } = await againstServer();
    const [x25519, p384] = [0x001d, 0x0018];
    const random = new Uint8Array(32).fill(5);
    rogue.hello({ groups: [p384, x25519], shares: [], random });
    expect((await rogue.serverHello()).retryGroup).toBe(x25519);
    rogue.hello({ groups: [p384, x25519], shares: [x25519], random });
    await rogue.serverFlight();
    rogue.authenticate(client);
    await engine.established();
  });

  it('updates its keys', async () => {
    const { rogue, engine } = await againstServer();
    await rogue.shakeHands(client);
    rogue.keyUpdate();
    rogue.data(utf8ToBytes('one'));
    rogue.keyUpdate();
    rogue.data(utf8ToBytes('two'));
    await engine.until('both', () => engine.text === 'onetwo');
  });
});

describe('an honest rogue server', () => {
  it.each(cipherSuites.map(({ name, code }) => [name, code] as const))('shakes hands with %s', async (_, code) => {
    const { rogue, engine } = await againstClient();
    await rogue.shakeHands(server, { cipherSuite: code });
    await engine.established();
    engine.send('goodbye');
    engine.close();
    expect(await rogue.ending()).toEqual({ alerts: ['close_notify'], data: utf8ToBytes('goodbye'), how: 'fin' });
  });

  it('asks again with HelloRetryRequest', async () => {
    const { rogue, engine } = await againstClient();
    await rogue.hearClientHello();
    rogue.helloRetryRequest({ group: 0x0017, cookie: Uint8Array.of(1, 2, 3) });
    await rogue.shakeHands(server, { group: 0x0017 });
    await engine.established();
  });
});

describe('a rogue that is dishonest', () => {
  it('is refused for what it did', async () => {
    const { rogue, engine } = await againstServer();
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(client.chain);
    rogue.certificateVerify(forger(new Uint8Array(70).fill(3)));
    rogue.finished();
    expect((await engine.fault()).reason).toBe('signature_invalid');
    expect(await rogue.ending()).toMatchObject({ alerts: ['decrypt_error'], how: 'fin' });
  });

  it('says NewSessionTicket eight times, which are dropped, and is refused at the ninth', async () => {
    const { rogue, engine } = await againstClient();
    await rogue.shakeHands(server);
    await engine.established();
    const ticket = Uint8Array.of(4, 0, 0, 14, 0, 0, 28, 32, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0);
    for (let time = 0; time < 8; time += 1) rogue.record(22, ticket);
    rogue.data(utf8ToBytes('still there'));
    await engine.until('what came behind them', () => engine.text === 'still there');
    rogue.record(22, ticket);
    const { reason } = await engine.fault();
    expect(reason).toBe('too_many_tickets');
    expect(failureKey(reason)).toBe('limit.flood');
    expect(await rogue.ending()).toMatchObject({ alerts: ['unexpected_message'], how: 'fin' });
  });

  it('says in a few words what came instead of what it waited for', async () => {
    const { rogue } = await againstServer();
    rogue.hello();
    const [waiting] = await Promise.allSettled([rogue.hearMessage('finished')]);
    if (waiting.status === 'fulfilled') throw new Error('the server has not finished yet');
    expect(String(waiting.reason)).toMatch(/^Error: waited for finished, and heard server_hello, \d+ bytes$/);
  });
});
