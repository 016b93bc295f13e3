import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { bountyDomain, roleKeyPurposes, roleNames, type TlsRole } from '../../service/bounty/endpoints.ts';
import { handshakeMessage, newSessionTicket } from '../../service/tls/handshake-messages.ts';
import { entropyLength } from '../../service/tls/index.ts';
import { classify } from '../../service/trace/index.ts';
import { type IssuedIdentity, RogueAuthority } from '../support/rogue/identity.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { RogueServer12 } from '../support/rogue/server-12.ts';
import { Wire } from '../support/rogue/wire.ts';
import { Guest, layTable, random, secretText } from './table.ts';

/*
 * The bounty's client, over a socket, against a server with a genuine key. Nobody outside has one, so that no script of the
 * workbench gets as far as this; here the test keeps the authority, and the server does one thing wrong.
 */

const authority = new RogueAuthority('an authority that the test kept', [bountyDomain]);
const issued = (role: TlsRole, purpose: 'serverAuth' | 'clientAuth'): IssuedIdentity =>
  authority.issue({ purpose, dnsNames: [roleNames[role]], roleKeyPurpose: roleKeyPurposes[role] });
const genuine = issued('server', 'serverAuth');
const ours = issued('client', 'clientAuth');

afterEach(() => Wire.closeAll());

/** Each connection to the port is one on which the bounty plays the client. */
async function bountyClient(): Promise<{ readonly port: number; readonly guest: () => Guest }> {
  const { credentials, terms } = layTable();
  const { current } = credentials;
  const generation = { ...current, id: 'kept', bounty: { ...current.bounty, authority: authority.certificate } };
  const table = {
    ...layTable(),
    terms: {
      ...terms,
      lease: () => ({ generation, certifiedKey: ours.certifiedKey, release: () => undefined }),
      environment: () => ({ now: Math.floor(Date.now() / 1000), entropy: random(entropyLength) }),
    },
  };
  let guest: Guest | undefined;
  const listener: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const played = new Guest('client', table);
    guest = played;
    let done = 0;
    const carryOut = (): void => {
      for (const effect of played.effects.slice(done)) {
        if (effect.type === 'send') socket.write(effect.bytes);
        if (effect.type === 'end') socket.end();
        if (effect.type === 'destroy') effect.when === 'now' ? socket.destroy() : socket.destroySoon();
      }
      done = played.effects.length;
    };
    const take = (input: Parameters<Guest['take']>[0]): void => {
      played.take(input);
      carryOut();
    };
    socket.on('data', (bytes) => take({ type: 'bytes', bytes: new Uint8Array(bytes) }));
    socket.on('end', () => take({ type: 'eof' }));
    socket.on('error', () => take({ type: 'reset' }));
    onTestFinished(() => void socket.destroy());
    carryOut();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => void listener.close());
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    port: address.port,
    guest: () => {
      if (guest === undefined) throw new Error('nobody came');
      return guest;
    },
  };
}

/** Where the statistics count it. */
const category = ({ effects, outcomes }: Guest): string =>
  classify([...effects.flatMap((effect) => (effect.type === 'events' ? effect.events : [])), ...outcomes]).key;

const flipped =
  (at: number) =>
  (right: Uint8Array): Uint8Array =>
    right.map((byte, index) => (index === at ? byte ^ 1 : byte));
const zeros = (right: Uint8Array): Uint8Array => new Uint8Array(right.length);

describe('a server that does everything right', () => {
  test('at TLS 1.3 is sent the secret', async () => {
    const { port, guest } = await bountyClient();
    const rogue = await RogueServer.connect(port);
    await rogue.shakeHands(genuine);
    expect(await rogue.ending()).toEqual({ alerts: ['close_notify'], data: utf8ToBytes(secretText), how: 'fin' });
    expect(category(guest())).toBe('breach');
  });

  test('at TLS 1.2 is sent the secret', async () => {
    const { port, guest } = await bountyClient();
    const rogue = await upToFinished12(port);
    rogue.finished12();
    expect(await rogue.ending()).toEqual({ alerts: ['close_notify'], data: utf8ToBytes(secretText), how: 'fin' });
    expect(category(guest())).toBe('breach');
  });
});

/** All that is in clear, and what the client answers: its Finished comes first. */
async function upToClientFinished12(port: number): Promise<RogueServer12> {
  const rogue = await RogueServer12.connect(port);
  await rogue.hearClientHello();
  rogue.hello12();
  rogue.authenticate12(genuine);
  await rogue.hearMessage('certificate');
  await rogue.hearMessage('client_key_exchange');
  await rogue.hearMessage('certificate_verify');
  await rogue.hearMessage('finished');
  return rogue;
}

async function upToFinished12(port: number): Promise<RogueServer12> {
  const rogue = await upToClientFinished12(port);
  rogue.sealFromHere();
  return rogue;
}

const refused = { alerts: ['decrypt_error'], data: new Uint8Array(0), how: 'fin' };

describe('a Finished that is not over this handshake', () => {
  test.each([
    ['its first bit', (rogue: RogueServer) => flipped(0)(rogue.verifyData())],
    ['its last bit', (rogue: RogueServer) => flipped(31)(rogue.verifyData())],
    ['zeros', (rogue: RogueServer) => zeros(rogue.verifyData())],
    ["by the client's secret", (rogue: RogueServer) => rogue.verifyData(rogue.handshakeSecrets?.client)],
  ])('TLS 1.3: %s', async (_, verify) => {
    const { port, guest } = await bountyClient();
    const rogue = await RogueServer.connect(port);
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificate(genuine.chain);
    rogue.certificateVerify(genuine.signer);
    rogue.say(rogue.finishedMessage(verify(rogue)));
    expect(await rogue.ending()).toEqual(refused);
    expect(category(guest())).toBe('bad_finished');
  });

  test.each([
    ['its first bit', (rogue: RogueServer12) => flipped(0)(rogue.verifyData12())],
    ['its last bit', (rogue: RogueServer12) => flipped(11)(rogue.verifyData12())],
    ['zeros', (rogue: RogueServer12) => zeros(rogue.verifyData12())],
    ["the client's", (rogue: RogueServer12) => rogue.verifyData12('client')],
  ])('TLS 1.2: %s', async (_, verify) => {
    const { port, guest } = await bountyClient();
    const rogue = await upToFinished12(port);
    rogue.finished12(verify(rogue));
    expect(await rogue.ending()).toEqual(refused);
    expect(category(guest())).toBe('bad_finished');
  });
});

const ticket = handshakeMessage('new_session_ticket', newSessionTicket, {
  ticketLifetime: 7200,
  ticketAgeAdd: 0,
  ticketNonce: new Uint8Array(1),
  ticket: new Uint8Array(100),
  extensions: [],
});

describe('NewSessionTicket', () => {
  const discarded = ({ effects }: Guest): number =>
    effects.reduce((sum, effect) => sum + (effect.type === 'discarded' ? effect.bytes : 0), 0);

  test('TLS 1.3: a hundred behind Finished are thrown away unread, and change nothing', async () => {
    const { port, guest } = await bountyClient();
    const rogue = await RogueServer.connect(port);
    await rogue.shakeHands(genuine);
    for (let time = 0; time < 100; time += 1) rogue.record(22, ticket);
    expect(await rogue.ending()).toMatchObject({ alerts: ['close_notify'], data: utf8ToBytes(secretText) });
    await expect.poll(() => discarded(guest()), { timeout: 60_000 }).toBeGreaterThan(100 * ticket.length);
    expect(guest().outcomes).toEqual([{ type: 'released', release: 'breach' }]);
  });

  test('TLS 1.3: a flood behind Finished is cut off where the draining ends', async () => {
    const { port, guest } = await bountyClient();
    const rogue = await RogueServer.connect(port);
    await rogue.shakeHands(genuine);
    for (let time = 0; time < 5000; time += 1) rogue.record(22, ticket);
    await expect.poll(() => guest().phase, { timeout: 60_000 }).toBe('over');
    expect(guest().outcomes).toEqual([{ type: 'released', release: 'breach' }]);
  });

  test('TLS 1.2: between our Finished and theirs, unasked for, it is refused', async () => {
    const { port, guest } = await bountyClient();
    const rogue = await upToClientFinished12(port);
    rogue.clearRecord(22, Uint8Array.of(4, 0, 0, 10, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4));
    expect(await rogue.ending()).toEqual({ ...refused, alerts: ['unexpected_message'] });
    expect(category(guest())).toBe('handshake.unexpected');
  });
});
