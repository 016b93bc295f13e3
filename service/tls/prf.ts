import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type HashName, hmac } from './hkdf.ts';

/* What TLS 1.2 derives its secrets with: RFC 5246 §5 and §8.1, and the exporter of RFC 5705. */

/** P_hash, RFC 5246 §5. */
function pHash(name: HashName, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let a = seed;
  for (let at = 0; at < length; ) {
    a = hmac(name, secret, a);
    const block = hmac(name, secret, concatBytes(a, seed)).subarray(0, length - at);
    out.set(block, at);
    at += block.length;
  }
  return out;
}

/** RFC 5246 §5 */
export const prf = (name: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array =>
  pHash(name, secret, concatBytes(utf8ToBytes(label), seed), length);

const MAIN_SECRET_LENGTH = 48;
const VERIFY_DATA_LENGTH = 12;

/** RFC 7627 §4. `sessionHash` runs from ClientHello to ClientKeyExchange; the premaster secret is zeroed. */
export function extendedMainSecret(name: HashName, premaster: Uint8Array, sessionHash: Uint8Array): Uint8Array {
  const secret = prf(name, premaster, 'extended master secret', sessionHash, MAIN_SECRET_LENGTH);
  premaster.fill(0);
  return secret;
}

export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** RFC 5246 §6.3: the server's random comes first here. */
export const keyBlock = (
  name: HashName,
  mainSecret: Uint8Array,
  { client, server }: Randoms,
  length: number,
): Uint8Array => prf(name, mainSecret, 'key expansion', concatBytes(server, client), length);

/** RFC 5246 §7.4.9 */
export const verifyData12 = (
  name: HashName,
  mainSecret: Uint8Array,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array => prf(name, mainSecret, `${sender} finished`, transcriptHash, VERIFY_DATA_LENGTH);

/** RFC 5705 §4: no context is another value than an empty one here, unlike in TLS 1.3. */
export function exportKeyingMaterial12(
  name: HashName,
  mainSecret: Uint8Array,
  { client, server }: Randoms,
  label: string,
  context: Uint8Array | undefined,
  length: number,
): Uint8Array {
  const given = context === undefined ? [] : [Uint8Array.of(context.length >> 8, context.length & 0xff), context];
  return prf(name, mainSecret, label, concatBytes(client, server, ...given), length);
}
