import { utf8ToBytes } from '@noble/hashes/utils.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { RogueAuthority } from '../support/rogue/identity.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { Wire } from '../support/rogue/wire.ts';

/* threats.md X7: port 10001, which calls its caller back. Each test has an address of the loopback of its own. */

let pinata: LivePinata;
let target = 0;
beforeAll(async () => {
  target = await freePort();
  pinata = await LivePinata.start(['--dialback-target-port', String(target), '--dialbacks-per-minute', '5']);
});
afterEach(() => Wire.closeAll());
afterAll(() => pinata?.stop());

const count = async (key: string): Promise<number> => (await pinata.status()).connections.byCategory[key] ?? 0;
const counted = (key: string, least: number) =>
  expect.poll(() => count(key), { timeout: 60_000 }).toBeGreaterThanOrEqual(least);

/** Asks to be called back at this address; the connection is closed at once, and says nothing. */
async function ask(address: string, first = new Uint8Array(0)): Promise<void> {
  const wire = await Wire.connect(pinata.ready.ports.dialback, '127.0.0.1', address);
  wire.write(first);
  expect(await wire.read(1)).toMatch(/fin|reset/);
  wire.end();
}

describe('port 10001', () => {
  it('calls back, and tells nobody but itself', async () => {
    const listener = await Wire.listen('127.0.2.1', target);
    await ask('127.0.2.1');
    const rogue = new RogueServer(await listener.next());
    const authority = new RogueAuthority('attacker', ['btc-pinata.invalid']);
    await rogue.shakeHands(authority.issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] }));
    expect(await rogue.ending()).toMatchObject({ alerts: ['unknown_ca'], data: new Uint8Array(0) });
    rogue.wire.end();
    await counted('x509.no_anchor', 1);
    await counted('dialback.triggered', 1);
  });

  it('lets a genuine client be no server', async () => {
    const listener = await Wire.listen('127.0.3.1', target);
    await ask('127.0.3.1');
    const rogue = new RogueServer(await listener.next());
    await rogue.shakeHands(pinata.testClient);
    expect(await rogue.ending()).toMatchObject({ alerts: ['unsupported_certificate'], data: new Uint8Array(0) });
    rogue.wire.end();
    await counted('cert.wrong_role', 1);
  });

  it('calls the address that asked, and not one that it was told', async () => {
    const victim = await Wire.listen('127.0.5.1', target);
    const listener = await Wire.listen('127.0.4.1', target);
    await ask('127.0.4.1', utf8ToBytes('PROXY TCP4 127.0.5.1 127.0.0.1 40000 10001\r\n'));
    await listener.next();
    const called = await Promise.race([
      victim.next().then(() => 'called'),
      new Promise<string>((resolve) => setTimeout(resolve, 500, 'left alone')),
    ]);
    expect(called).toBe('left alone');
  });

  it('says so where nobody listens', async () => {
    await ask('127.0.6.1');
    await counted('connectback.refused', 1);
  });

  it('does not call one prefix again and again', async () => {
    const listener = await Wire.listen('127.0.7.1', target);
    let calls = 0;
    const counting = (async () => {
      for (;;) {
        (await listener.next()).end();
        calls++;
      }
    })();
    void counting;
    for (let i = 0; i < 12; i++) await ask(`127.0.7.1`);
    await counted('rate_limited', 7);
    expect(calls).toBeLessThanOrEqual(5);
  });

  it('calls no address of the loopback where it was not told that it may', async () => {
    const strict = await LivePinata.start(
      ['--dialback-target-port', String(target), '--no-allow-private-dialback'],
      false,
    );
    try {
      const listener = await Wire.listen('127.0.8.1', target);
      const wire = await Wire.connect(strict.ready.ports.dialback, '127.0.0.1', '127.0.8.1');
      expect(await wire.read(1)).toMatch(/fin|reset/);
      wire.end();
      const blocked = async () => (await strict.status()).connections.byCategory['connectback.blocked'];
      await expect.poll(blocked, { timeout: 60_000 }).toBe(1);
      const called = await Promise.race([
        listener.next().then(() => 'called'),
        new Promise<string>((resolve) => setTimeout(resolve, 300, 'left alone')),
      ]);
      expect(called).toBe('left alone');
    } finally {
      await strict.stop();
    }
  });
});
