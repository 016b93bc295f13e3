import { describe, expect, it } from 'vitest';
import { isVerifiedPeer } from '../../service/tls/index.ts';
import { verifiedPeer } from '../../service/tls/verified-peer.ts';

describe('proofs at run time', () => {
  it('a VerifiedPeer is not made from lookalikes', () => {
    // As an attacker inside JavaScript would, past the types.
    const make = (...parts: readonly unknown[]): unknown => Reflect.apply(verifiedPeer, undefined, parts);
    const facts = { role: 'client', mutual: true, applicationProtocol: undefined };
    for (const proof of [
      undefined,
      null,
      true,
      {},
      { path: {} },
      Object.create(null),
      Object.create(Object.prototype),
    ]) {
      expect(() => make(proof, proof, facts)).toThrow(TypeError);
    }
  });

  it('nothing that only looks like a VerifiedPeer is one', () => {
    for (const value of [undefined, null, 1, 'peer', {}, { role: 'client', mutual: true, path: {} }, () => undefined]) {
      expect(isVerifiedPeer(value)).toBe(false);
    }
  });
});
