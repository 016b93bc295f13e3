import { describe, expect, it } from 'vitest';
import { bountyPeer } from '../../service/bounty/bounty-peer.ts';
import type { BountySession } from '../../service/bounty/bounty-session.ts';
import {
  type Choices,
  client,
  isUnverifiedPeer,
  isVerifiedPeer,
  peer,
  send,
  type UnverifiedTrust,
  unverifiedPeer,
} from '../../service/tls/index.ts';
import { decodeCertificate, failure, success } from '../../service/x509/index.ts';
import { environment, pair, run } from './pair.ts';
import { clientConfig, serverConfig, world } from './pki.ts';

/* A verifier made for tests, which design §3 allows: the session works, and its peer is worth nothing. */
const of = world('ed25519', 'ed25519');
const stranger = world('P-256', 'P-256');

const anybody: UnverifiedTrust = {
  judgeUnverified([leaf = new Uint8Array(0)]) {
    const certificate = decodeCertificate(leaf);
    return certificate.ok === true
      ? success(certificate.value.publicKey)
      : failure({ ...certificate.fault, certificate: 0 });
  },
  authorityNames: [],
};

const nobody: UnverifiedTrust = {
  judgeUnverified: () => failure({ reason: 'self_signed', certificate: 0, detail: 'the test says so' }),
  authorityNames: [],
};

const versions: readonly Choices[] = [{ versions: ['1.3'] }, { versions: ['1.2'] }];

describe.each(versions)('with $versions', (choices) => {
  it('two strangers who trust whoever comes have a session, and no VerifiedPeer', () => {
    const ends = pair(
      serverConfig(of, { choices, clientAuthentication: { trust: anybody } }),
      clientConfig(stranger, { choices, trust: anybody }),
    );
    run(ends);
    for (const [end, other] of [
      [ends.server, stranger.client],
      [ends.client, of.server],
    ] as const) {
      expect(end.status).toBe('established');
      expect(peer(end.session)).toBeUndefined();
      const unverified = unverifiedPeer(end.session);
      expect(isUnverifiedPeer(unverified)).toBe(true);
      expect(isVerifiedPeer(unverified)).toBe(false);
      expect(unverified?.shown).toEqual(other.chain.map(({ der }) => der));
      expect(unverified?.applicationProtocol).toBe('pinata/1');
    }
    ends.client.act((session) => send(session, Uint8Array.of(1, 2, 3)));
    run(ends);
    expect(ends.server.received).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('the bait does not know it, whatever role it has', () => {
    const ends = pair(
      serverConfig(of, { choices, clientAuthentication: { trust: anybody } }),
      clientConfig(of, { choices, trust: anybody }),
    );
    run(ends);
    for (const [end, peerRole] of [
      [ends.server, 'client'],
      [ends.client, 'server'],
    ] as const) {
      const session: Pick<BountySession, 'state' | 'peerRole' | 'role'> = {
        state: end.session,
        peerRole,
        role: end.session.role,
      };
      expect(bountyPeer(session as BountySession)).toBe('not_verified');
    }
  });

  it('what it refuses is refused, with the alert of the reason', () => {
    const ends = pair(
      serverConfig(of, { choices, clientAuthentication: { trust: nobody } }),
      clientConfig(of, { choices }),
    );
    run(ends);
    expect(ends.server.fault()).toBe('self_signed');
    expect(ends.client.alert('received')).toBe(48);
  });

  it('the key has to sign all the same', () => {
    const ends = pair(
      serverConfig(of, { choices, clientAuthentication: { trust: anybody } }),
      clientConfig(of, { choices, certifiedKey: { ...of.client, key: stranger.client.key } }),
    );
    run(ends);
    expect(ends.server.fault()).toMatch(/illegal_parameter|signature_invalid/);
    expect(unverifiedPeer(ends.server.session)).toBeUndefined();
  });

  it('without ALPN: nothing is asked for, and nothing is missed', () => {
    const ends = pair(serverConfig(of, { choices }), clientConfig(of, { choices, trust: anybody, alpn: [] }));
    run(ends);
    expect([ends.server.status, ends.client.status]).toEqual(['established', 'established']);
    expect(unverifiedPeer(ends.client.session)?.applicationProtocol).toBeUndefined();
  });
});

it('an anchor yields no UnverifiedPeer', () => {
  const ends = pair(serverConfig(of), clientConfig(of));
  run(ends);
  expect(isVerifiedPeer(peer(ends.server.session))).toBe(true);
  expect([ends.server, ends.client].map(({ session }) => unverifiedPeer(session))).toEqual([undefined, undefined]);
});

it('who trusts an anchor has to demand an application protocol', () => {
  expect(() => client(clientConfig(of, { alpn: [] }), environment())).toThrow(RangeError);
});
