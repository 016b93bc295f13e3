import { sha256, sha384 } from '@noble/hashes/sha2.js';

/*
 * HMAC (RFC 2104) on the hashes of @noble, with hash objects that are used again: in a handshake it is computed some forty times,
 * and two new objects each time, each with memory outside of V8's heap, cost more than what they compute.
 */

export type HashName = 'sha256' | 'sha384';

/** What of a hash in progress is needed here. */
interface Running<Self> {
  update(data: Uint8Array): Self;
  digestInto(out: Uint8Array): void;
  /** As `to` that is given, whatever that was before. */
  _cloneInto(to?: Self): Self;
  /** Zeroes what it holds. */
  destroy(): void;
}

interface HashFunction<Hash> {
  (data: Uint8Array): Uint8Array;
  create(): Hash;
  readonly blockLen: number;
  readonly outputLen: number;
}

type Mac = (key: Uint8Array, ...data: readonly Uint8Array[]) => Uint8Array;

/** Computes to the end before it returns, so that its objects are never in use twice; what was secret in them is zeroed. */
function macOf<Hash extends Running<Hash>>(hash: HashFunction<Hash>): Mac {
  const empty = hash.create();
  const running = hash.create();
  const pad = new Uint8Array(hash.blockLen);
  const digest = new Uint8Array(hash.outputLen);
  const takeUp = (masked: number) => {
    for (let i = 0; i < pad.length; i++) pad[i] = (pad[i] ?? 0) ^ masked;
    return empty._cloneInto(running).update(pad);
  };
  return (key, ...data) => {
    pad.fill(0);
    pad.set(key.length > pad.length ? hash(key) : key);
    takeUp(IPAD);
    for (const part of data) running.update(part);
    running.digestInto(digest);
    takeUp(IPAD ^ OPAD)
      .update(digest)
      .digestInto(digest);
    const mac = digest.slice();
    pad.fill(0);
    digest.fill(0);
    running.destroy();
    return mac;
  };
}

/** RFC 2104 §2 */
const IPAD = 0x36;
const OPAD = 0x5c;

const macs: Readonly<Record<HashName, Mac>> = { sha256: macOf(sha256), sha384: macOf(sha384) };

/** RFC 2104, of all the `data` in a row. 32 or 48 bytes. */
export const hmac = (name: HashName, key: Uint8Array, ...data: readonly Uint8Array[]): Uint8Array =>
  macs[name](key, ...data);
