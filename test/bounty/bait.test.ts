import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { Bait } from '../../service/bounty/bait.ts';
import { type BountyPeer, bountyPeer } from '../../service/bounty/bounty-peer.ts';
import { BountySession } from '../../service/bounty/bounty-session.ts';
import { entropyLength } from '../../service/tls/index.ts';
import { makeCredentials, now, random } from './table.ts';

const environment = () => ({ now, entropy: random(entropyLength) });

/** Two ends of ours with a finished handshake between them. */
function handshake() {
  const credentials = makeCredentials();
  const server = BountySession.server(credentials.lease('server'), environment(), ['1.3', '1.2']);
  const { session: client, step: hello } = BountySession.client(credentials.lease('client'), environment(), [
    '1.3',
    '1.2',
  ]);
  const flight = server.receive(hello.out);
  return { server, client, flight };
}

function genuinePeer(): { readonly peer: BountyPeer; readonly client: BountySession } {
  const { client, flight } = handshake();
  client.receive(flight.out);
  const peer = bountyPeer(client);
  if (typeof peer === 'string') throw new Error(`withheld: ${peer}`);
  return { peer, client };
}

/** What a type assertion, a compromised module or a mistake could come up with. */
const asPeer = (value: unknown): BountyPeer => value as BountyPeer;

describe('the bait', () => {
  const secret = utf8ToBytes('the secret');
  const makeSecret = () => secret.slice();

  test('goes to a BountyPeer, sealed, and once', () => {
    const bait = new Bait(makeSecret);
    const { peer } = genuinePeer();
    const released = bait.releaseTo(peer);
    expect(released.out[0]).toBe(23);
    expect(released.out.length).toBeGreaterThanOrEqual(5 + secret.length + 1 + 16);
    expect(() => bait.releaseTo(peer)).toThrow(/before/);
  });

  test('is made for a release, and nothing is left of it afterwards', () => {
    const made: Uint8Array[] = [];
    const bait = new Bait(() => {
      const buffer = secret.slice();
      made.push(buffer);
      return buffer;
    });
    expect(made.map((buffer) => buffer.join())).toEqual([new Uint8Array(secret.length).join()]);
    const { peer, client } = genuinePeer();
    expect(() => bait.releaseTo(asPeer(client))).toThrow(TypeError);
    expect(made).toHaveLength(1);
    bait.releaseTo(peer);
    expect(() => bait.releaseTo(peer)).toThrow(/before/);
    expect(made.map((buffer) => buffer.join())).toEqual([0, 0].map(() => new Uint8Array(secret.length).join()));
  });

  test('goes to nothing else', () => {
    const bait = new Bait(makeSecret);
    const { peer } = genuinePeer();
    const prototype: unknown = Object.getPrototypeOf(peer);
    const forgeries: readonly unknown[] = [
      undefined,
      null,
      true,
      'peer',
      {},
      Object.create(peer),
      Object.create(Object(prototype)),
      Object.setPrototypeOf({}, Object(prototype)),
      structuredClone({}),
      { ...peer },
      new Proxy(peer, {}),
      'not_verified',
    ];
    for (const forgery of forgeries) expect(() => bait.releaseTo(asPeer(forgery))).toThrow(TypeError);
    expect(bait.releaseTo(peer).out.length).toBeGreaterThan(0);
  });

  test('and nobody gets at the constructor through an instance', () => {
    const { peer, client } = genuinePeer();
    const { constructor: anyone } = Object(peer);
    for (const key of [undefined, Symbol('mint'), Symbol.for('mint'), 'mint']) {
      expect(() => Reflect.construct(anyone, [key, client])).toThrow(/minted/);
    }
  });

  test('does not show itself', () => {
    const bait = new Bait(() => utf8ToBytes('canary'));
    const shown = [
      JSON.stringify(bait),
      String(bait),
      Object.keys(bait).join(),
      JSON.stringify(Object.getOwnPropertyDescriptors(bait)),
    ];
    expect(shown.join()).not.toMatch(/canary|99,97,110/);
  });

  test('fits one record and is not nothing', () => {
    expect(() => new Bait(() => new Uint8Array(0))).toThrow(RangeError);
    expect(() => new Bait(() => new Uint8Array(16_385))).toThrow(RangeError);
  });
});

describe('there is no BountyPeer', () => {
  test('for a server before the client has finished, at 0.5-RTT', () => {
    const { server } = handshake();
    expect(bountyPeer(server)).toBe('not_verified');
  });

  test('before the handshake, and after it failed', () => {
    const { server } = handshake();
    expect(bountyPeer(BountySession.server(makeCredentials().lease('server'), environment(), ['1.3', '1.2']))).toBe(
      'not_verified',
    );
    server.receive(utf8ToBytes('garbage'));
    expect(bountyPeer(server)).toBe('not_verified');
  });

  test('for a server until the very last byte of Finished', () => {
    const { server, client, flight } = handshake();
    const last = client.receive(flight.out).out;
    for (const byte of last.subarray(0, -1)) {
      server.receive(Uint8Array.of(byte));
      expect(bountyPeer(server)).toBe('not_verified');
    }
    server.receive(last.subarray(-1));
    expect(bountyPeer(server)).toBeTypeOf('object');
  });
});
