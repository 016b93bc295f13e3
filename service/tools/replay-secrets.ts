import { p256, p384 } from '@noble/curves/nist.js';
import type { NamedGroup, NamedGroupName } from '../tls/named-group.ts';
import type { OwnSecrets } from '../tls/own-secrets.ts';

/*
 * Secrets of nobody, in the place of ours: what was made with ours is on record, and what is made with these is replaced by it.
 * Of a peer's share the one thing that does not depend on our secret is judged: whether it is a public value of its group.
 */

const anyone = (length: number): Uint8Array => new Uint8Array(length).fill(7);

/** Lengths of what is sent and what is shared (RFC 9846 §4.2.8, draft-ietf-tls-ecdhe-mlkem §4). */
const lengths: Readonly<
  Record<NamedGroupName, { readonly offered: number; readonly answered: number; readonly shared: number }>
> = {
  x25519: { offered: 32, answered: 32, shared: 32 },
  secp256r1: { offered: 65, answered: 65, shared: 32 },
  secp384r1: { offered: 97, answered: 97, shared: 48 },
  X25519MLKEM768: { offered: 1184 + 32, answered: 1088 + 32, shared: 64 },
};

export const replaySecrets: OwnSecrets = {
  offer: (group) => standIn(group, anyone(lengths[group.name].offered)),
  answer: (group, peer) =>
    isPublicValue(group, peer, 'offered')
      ? { publicValue: anyone(lengths[group.name].answered), sharedSecret: anyone(lengths[group.name].shared) }
      : undefined,
  sign: () => anyone(64),
  destroySeeds: () => undefined,
};

/** A share of ours that went out as `publicValue`: it agrees with every public value but itself. */
export const standIn = (group: NamedGroup, publicValue: Uint8Array): ReturnType<OwnSecrets['offer']> => ({
  publicValue,
  agree: (peer) =>
    isPublicValue(group, peer, 'answered') && !isOurs(group, publicValue, peer)
      ? anyone(lengths[group.name].shared)
      : undefined,
  destroy: () => undefined,
});

/** What the engine's key agreement would take of a peer, as a client's share or a server's (RFC 9846 §4.2.8, §7.4). */
export function isPublicValue({ name }: NamedGroup, value: Uint8Array, as: 'offered' | 'answered'): boolean {
  if (value.length !== lengths[name][as]) return false;
  switch (name) {
    case 'x25519':
      return !hasSmallOrder(value);
    case 'secp256r1':
      return isPoint(p256, value);
    case 'secp384r1':
      return isPoint(p384, value);
    case 'X25519MLKEM768':
      return !hasSmallOrder(value.subarray(-32)) && (as === 'answered' || isReduced(value.subarray(0, 1152)));
  }
}

const isPoint = (curve: typeof p256, value: Uint8Array): boolean =>
  value[0] === 0x04 && curve.utils.isValidPublicKey(value, false);

/** RFC 7748 §6.1: the points whose product with every secret is zero. There are five, as numbers; some have two encodings. */
const hasSmallOrder = (value: Uint8Array): boolean => smallOrders.has(littleEndian(value) % P);

const P = 2n ** 255n - 19n;
const smallOrders: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** The most significant bit is ignored (RFC 7748 §5). */
function littleEndian(value: Uint8Array): bigint {
  let digits = '';
  for (let i = value.length - 1; i >= 0; i--) {
    const byte = i === value.length - 1 ? (value[i] ?? 0) & 0x7f : (value[i] ?? 0);
    digits += byte.toString(16).padStart(2, '0');
  }
  return BigInt(`0x${digits}`);
}

/** FIPS 203 §7.2: every coefficient of twelve bits is below q. */
function isReduced(encoded: Uint8Array): boolean {
  for (let i = 0; i + 2 < encoded.length; i += 3) {
    const [a = 0, b = 0, c = 0] = encoded.subarray(i, i + 3);
    if ((a | ((b & 0x0f) << 8)) >= 3329 || ((b >> 4) | (c << 4)) >= 3329) return false;
  }
  return true;
}

/** X25519 stands last in both shares of X25519MLKEM768. */
function isOurs({ name }: NamedGroup, ours: Uint8Array, peer: Uint8Array): boolean {
  const last = name === 'X25519MLKEM768' ? 32 : ours.length;
  const [a, b] = [ours.subarray(-last), peer.subarray(-last)];
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
