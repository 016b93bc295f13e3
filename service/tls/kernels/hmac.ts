import { sha256, sha384 } from '@noble/hashes/sha2.js';
import type { HashFunction, HashName, Running } from './digest.ts';

/*
 * HMAC (RFC 2104) on the hashes of @noble, with hash objects that are used again (digest.ts): in a handshake it is computed some
 * forty times.
 */

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
