import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto';
import { numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerKeyShare,
  type KeyShareSeeds,
  type NamedGroup,
  type NamedGroupName,
  namedGroup,
  namedGroups,
  offerKeyShare,
} from '../../service/tls/named-group.ts';
import { zeroedBy } from './zeroed-by.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const seeds = (): KeyShareSeeds => ({ x25519: random(32), mlkem: random(64), p256: random(48), p384: random(72) });

const group = (name: NamedGroupName): NamedGroup => {
  const found = namedGroups.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no group ${name}`);
  return found;
};

/** Lengths of the client's share, the server's, and what they share. */
const lengths: Readonly<Record<NamedGroupName, readonly [number, number, number]>> = {
  X25519MLKEM768: [1216, 1120, 64],
  x25519: [32, 32, 32],
  secp256r1: [65, 65, 32],
  secp384r1: [97, 97, 48],
};

const names = namedGroups.map(({ name }) => name);

describe.each(names)('%s', (name) => {
  const [clientLength, serverLength, secretLength] = lengths[name];

  test('both ends come to one secret', () => {
    const client = offerKeyShare(group(name), seeds());
    const server = answerKeyShare(group(name), seeds(), client.publicValue);
    expect(client.publicValue).toHaveLength(clientLength);
    expect(server?.publicValue).toHaveLength(serverLength);
    expect(server?.sharedSecret).toHaveLength(secretLength);
    expect(client.agree(server?.publicValue ?? random(1))).toEqual(server?.sharedSecret);
  });

  test('is a function of its seeds, which are read and left as they are', () => {
    const ours = seeds();
    const before = structuredClone(ours);
    const one = offerKeyShare(group(name), ours);
    const other = offerKeyShare(group(name), ours);
    expect(one.publicValue).toEqual(other.publicValue);
    const peer = offerKeyShare(group(name), seeds()).publicValue;
    expect(answerKeyShare(group(name), ours, peer)).toEqual(answerKeyShare(group(name), ours, peer));
    one.destroy();
    expect(ours).toEqual(before);
    expect(
      other.agree(answerKeyShare(group(name), seeds(), other.publicValue)?.publicValue ?? random(1)),
    ).toBeDefined();
  });

  test('a share of any other length is refused', () => {
    const client = offerKeyShare(group(name), seeds());
    const server = answerKeyShare(group(name), seeds(), client.publicValue);
    for (const change of [-clientLength, -33, -32, -1, 1, 32]) {
      expect(answerKeyShare(group(name), seeds(), resized(client.publicValue, change))).toBeUndefined();
      expect(client.agree(resized(server?.publicValue ?? random(1), change))).toBeUndefined();
    }
    expect(client.agree(new Uint8Array(0))).toBeUndefined();
  });

  test('a share of zeros is refused', () => {
    expect(answerKeyShare(group(name), seeds(), new Uint8Array(clientLength))).toBeUndefined();
    expect(offerKeyShare(group(name), seeds()).agree(new Uint8Array(serverLength))).toBeUndefined();
  });

  test('whatever comes, agreeing does not throw', () => {
    const client = offerKeyShare(group(name), seeds());
    fc.assert(
      fc.property(fc.uint8Array({ minLength: serverLength, maxLength: serverLength }), (peer) => {
        const secret = client.agree(peer);
        return secret === undefined || secret.length === secretLength;
      }),
      { numRuns: 20 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: clientLength, maxLength: clientLength }), (peer) => {
        const answer = answerKeyShare(group(name), seeds(), peer);
        return answer === undefined || answer.sharedSecret.length === secretLength;
      }),
      { numRuns: 20 },
    );
  });

  test('its own X25519 or point sent back is refused', () => {
    const ours = seeds();
    const client = offerKeyShare(group(name), ours);
    const classical = client.publicValue.subarray(name === 'X25519MLKEM768' ? 1184 : 0);
    const echoed = name === 'X25519MLKEM768' ? concatBytes(random(1088), classical) : classical;
    expect(client.agree(echoed)).toBeUndefined();
    expect(answerKeyShare(group(name), ours, client.publicValue)).toBeUndefined();
  });

  test('is of no use once destroyed', () => {
    const client = offerKeyShare(group(name), seeds());
    const server = answerKeyShare(group(name), seeds(), client.publicValue);
    client.destroy();
    client.destroy();
    expect(() => client.agree(server?.publicValue ?? random(1))).toThrow('destroyed');
  });
});

test('the codes of the registry, and no other', () => {
  expect(namedGroups.map(({ name, code }) => [name, code])).toEqual([
    ['X25519MLKEM768', 0x11ec],
    ['x25519', 0x001d],
    ['secp256r1', 0x0017],
    ['secp384r1', 0x0018],
  ]);
  for (const { name, code } of namedGroups) expect(namedGroup(code)?.name).toBe(name);
  for (const code of [0, 0x0019, 0x001e, 0x0100, 0x11eb, 0x11ed, 0x6399]) expect(namedGroup(code)).toBeUndefined();
});

describe('ECDHE', () => {
  test.each<[NamedGroupName, string]>([
    ['secp256r1', 'prime256v1'],
    ['secp384r1', 'secp384r1'],
  ])('%s agrees with OpenSSL, and the secret is the X coordinate alone', (name, curve) => {
    for (let i = 0; i < 8; i++) {
      const ecdh = createECDH(curve);
      const peer = new Uint8Array(ecdh.generateKeys());
      const ours = offerKeyShare(group(name), seeds());
      expect(ours.agree(peer)).toEqual(new Uint8Array(ecdh.computeSecret(ours.publicValue)));
    }
  });

  test.each<NamedGroupName>(['secp256r1', 'secp384r1'])(
    '%s: a point that is not uncompressed, or on no curve of ours',
    (name) => {
      const ours = offerKeyShare(group(name), seeds());
      const peer = offerKeyShare(group(name), seeds()).publicValue;
      const size = (peer.length - 1) / 2;
      const compressed = concatBytes(Uint8Array.of(2 + ((peer.at(-1) ?? 0) & 1)), peer.subarray(1, 1 + size));
      const bad = {
        compressed,
        'compressed and padded': resized(compressed, size),
        hybrid: peer.with(0, 6 + ((peer.at(-1) ?? 0) & 1)),
        'off the curve': peer.with(peer.length - 1, (peer.at(-1) ?? 0) ^ 1),
        'x beyond the field': concatBytes(
          peer.subarray(0, 1),
          new Uint8Array(size).fill(0xff),
          peer.subarray(1 + size),
        ),
        infinity: Uint8Array.of(0),
        'infinity, padded': new Uint8Array(peer.length),
      };
      for (const [form, point] of Object.entries(bad)) {
        expect([form, ours.agree(point), answerKeyShare(group(name), seeds(), point)]).toEqual([
          form,
          undefined,
          undefined,
        ]);
      }
    },
  );

  test('x25519 agrees with OpenSSL', () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const peer = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const ours = offerKeyShare(group('x25519'), seeds());
    const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), ours.publicValue]);
    const theirs = diffieHellman({
      privateKey,
      publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    });
    expect(ours.agree(new Uint8Array(peer))).toEqual(new Uint8Array(theirs));
  });

  test('the points of X25519 whose order is small, in every encoding', () => {
    const p = 2n ** 255n - 19n;
    const orderEight = [
      325606250916557431795983626356110631294008115727848805560023387167927233504n,
      39382357235489614581723060781553021112529911719440698176882885853963445705823n,
    ];
    const points = [0n, 1n, ...orderEight, p - 1n, p, p + 1n];
    for (const u of [...points, ...points.map((point) => point + 2n ** 255n)]) {
      const peer = hexToBytes(u.toString(16).padStart(64, '0')).reverse();
      expect(offerKeyShare(group('x25519'), seeds()).agree(peer)).toBeUndefined();
      expect(answerKeyShare(group('x25519'), seeds(), peer)).toBeUndefined();
      const hybrid = offerKeyShare(group('X25519MLKEM768'), seeds()).publicValue;
      expect(
        answerKeyShare(group('X25519MLKEM768'), seeds(), concatBytes(hybrid.subarray(0, 1184), peer)),
      ).toBeUndefined();
    }
  });
});

test('destroying a share zeroes its secret', () => {
  const ours: KeyShareSeeds = { ...seeds(), p256: numberToBytesBE(41n, 48), p384: numberToBytesBE(41n, 72) };
  const secrets: Readonly<Record<NamedGroupName, readonly Uint8Array[]>> = {
    x25519: [ours.x25519],
    secp256r1: [numberToBytesBE(42n, 32)],
    secp384r1: [numberToBytesBE(42n, 48)],
    X25519MLKEM768: [ml_kem768.keygen(ours.mlkem).secretKey, ours.x25519],
  };
  for (const name of names) {
    const share = offerKeyShare(group(name), ours);
    expect(zeroedBy(() => share.destroy())).toEqual(secrets[name]);
  }
});

describe('X25519MLKEM768', () => {
  const hybrid = group('X25519MLKEM768');

  test('the parts of a secret are zeroed once they are joined', () => {
    const client = offerKeyShare(hybrid, seeds());
    let server: ReturnType<typeof answerKeyShare>;
    const byServer = zeroedBy(() => {
      server = answerKeyShare(hybrid, seeds(), client.publicValue);
    });
    const byClient = zeroedBy(() => client.agree(server?.publicValue ?? random(1)));
    for (const part of [server?.sharedSecret.slice(0, 32), server?.sharedSecret.slice(32)]) {
      expect(byServer).toContainEqual(part);
      expect(byClient).toContainEqual(part);
    }
  });

  test('is ML-KEM first, then X25519, in shares and secret', () => {
    const [clientSeeds, serverSeeds] = [seeds(), seeds()];
    const client = offerKeyShare(hybrid, clientSeeds);
    const server = answerKeyShare(hybrid, serverSeeds, client.publicValue);
    if (server === undefined) throw new Error('refused');
    const { publicKey, secretKey } = ml_kem768.keygen(clientSeeds.mlkem);
    expect(client.publicValue.subarray(0, 1184)).toEqual(publicKey);
    expect(client.publicValue.subarray(1184)).toEqual(offerKeyShare(group('x25519'), clientSeeds).publicValue);
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, serverSeeds.mlkem.subarray(0, 32));
    expect(server.publicValue.subarray(0, 1088)).toEqual(cipherText);
    expect(server.publicValue.subarray(1088)).toEqual(offerKeyShare(group('x25519'), serverSeeds).publicValue);
    expect(server.sharedSecret.subarray(0, 32)).toEqual(sharedSecret);
    expect(ml_kem768.decapsulate(cipherText, secretKey)).toEqual(sharedSecret);
    const x25519 = offerKeyShare(group('x25519'), clientSeeds).agree(server.publicValue.subarray(1088));
    expect(server.sharedSecret.subarray(32)).toEqual(x25519);
  });

  test('FIPS 203 §7.2: an encapsulation key with a coefficient of 3329 or more is refused', () => {
    const good = offerKeyShare(hybrid, seeds()).publicValue;
    // 768 coefficients of twelve bits each, packed in pairs (ByteEncode, algorithm 5).
    for (const pair of [0, 1, 127, 128, 383]) {
      const withCoefficient = (coefficient: number) =>
        good
          .with(3 * pair, coefficient & 0xff)
          .with(3 * pair + 1, ((good[3 * pair + 1] ?? 0) & 0xf0) | (coefficient >> 8));
      for (const coefficient of [3329, 3330, 4095]) {
        expect(answerKeyShare(hybrid, seeds(), withCoefficient(coefficient))).toBeUndefined();
      }
      expect(answerKeyShare(hybrid, seeds(), withCoefficient(3328))).toBeDefined();
    }
  });

  test('a changed ciphertext is rejected implicitly: another secret, always the same', () => {
    const client = offerKeyShare(hybrid, seeds());
    const server = answerKeyShare(hybrid, seeds(), client.publicValue);
    if (server === undefined) throw new Error('refused');
    const changed = server.publicValue.with(5, (server.publicValue[5] ?? 0) ^ 1);
    const secret = client.agree(changed);
    expect(secret).toHaveLength(64);
    expect(secret?.subarray(0, 32)).not.toEqual(server.sharedSecret.subarray(0, 32));
    expect(secret?.subarray(32)).toEqual(server.sharedSecret.subarray(32));
    expect(client.agree(changed)).toEqual(secret);
  });
});

function resized(bytes: Uint8Array, change: number): Uint8Array {
  const result = new Uint8Array(Math.max(0, bytes.length + change));
  result.set(bytes.subarray(0, result.length));
  return result;
}
