import { type AeadFactory, aes128Gcm, aes256Gcm, chaCha20Poly1305 } from './aead.ts';
import type { HashName } from './hkdf.ts';

/** A cipher suite of TLS 1.3: an AEAD and a hash (RFC 9846 §B.4). */
export interface CipherSuite {
  readonly name: string;
  readonly code: number;
  readonly hash: HashName;
  readonly keyLength: number;
  readonly ivLength: number;
  readonly aead: AeadFactory;
  /** So many records may be protected under one key (RFC 9846 §5.5). */
  readonly recordLimit: number;
}

/** §5.5: 2^24.5 full-size records keep AES-GCM's margin of 2^-57. */
const GCM_RECORD_LIMIT = Math.floor(2 ** 24.5);

/** §5.5 sets none below the sequence number's 2^64; a double counts exactly to 2^53, and no connection lasts for this. */
const CHACHA20_RECORD_LIMIT = 2 ** 48;

/** In our order of preference: ChaCha20 needs neither tables nor carry-less products and is the fastest in JavaScript. */
export const cipherSuites: readonly CipherSuite[] = [
  {
    name: 'TLS_CHACHA20_POLY1305_SHA256',
    code: 0x1303,
    hash: 'sha256',
    keyLength: 32,
    ivLength: 12,
    aead: chaCha20Poly1305,
    recordLimit: CHACHA20_RECORD_LIMIT,
  },
  {
    name: 'TLS_AES_128_GCM_SHA256',
    code: 0x1301,
    hash: 'sha256',
    keyLength: 16,
    ivLength: 12,
    aead: aes128Gcm,
    recordLimit: GCM_RECORD_LIMIT,
  },
  {
    name: 'TLS_AES_256_GCM_SHA384',
    code: 0x1302,
    hash: 'sha384',
    keyLength: 32,
    ivLength: 12,
    aead: aes256Gcm,
    recordLimit: GCM_RECORD_LIMIT,
  },
];

/** By its code in RFC 9846 §B.4; undefined for one we do not offer. */
export const cipherSuite = (code: number): CipherSuite | undefined => cipherSuites.find((suite) => suite.code === code);
