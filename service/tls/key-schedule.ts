import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { CipherSuite } from './cipher-suite.ts';
import { type HashName, hash, hashLength, hkdfExpand, hkdfExtract, hmac } from './hkdf.ts';

/* The key schedule of RFC 9846 §7, without PSK: labels, then one function for each of the RFC. */

const label = {
  derived: 'derived',
  clientHandshakeTraffic: 'c hs traffic',
  serverHandshakeTraffic: 's hs traffic',
  clientApplicationTraffic: 'c ap traffic',
  serverApplicationTraffic: 's ap traffic',
  exporterMain: 'exp master',
  exporter: 'exporter',
  finished: 'finished',
  key: 'key',
  iv: 'iv',
  trafficUpdate: 'traffic upd',
} as const;

const EMPTY = new Uint8Array(0);
const hashOfNothing: Readonly<Record<HashName, Uint8Array>> = {
  sha256: hash('sha256', EMPTY),
  sha384: hash('sha384', EMPTY),
};

/** §7.1 */
export function hkdfExpandLabel(
  name: HashName,
  secret: Uint8Array,
  text: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const labelBytes = encodedLabels.get(text) ?? labelOf(text);
  const hkdfLabel = new Uint8Array(4 + labelBytes.length + context.length);
  hkdfLabel[0] = length >> 8;
  hkdfLabel[1] = length & 0xff;
  hkdfLabel[2] = labelBytes.length;
  hkdfLabel.set(labelBytes, 3);
  hkdfLabel[3 + labelBytes.length] = context.length;
  hkdfLabel.set(context, 4 + labelBytes.length);
  return hkdfExpand(name, secret, hkdfLabel, length);
}

const labelOf = (text: string): Uint8Array => utf8ToBytes(`tls13 ${text}`);

/** Encoded once: a handshake has sixteen of them. */
const encodedLabels = new Map(Object.values(label).map((text): [string, Uint8Array] => [text, labelOf(text)]));

/** §7.1, of a transcript hash instead of the messages. */
export const deriveSecret = (
  name: HashName,
  secret: Uint8Array,
  text: string,
  transcriptHash: Uint8Array,
): Uint8Array => hkdfExpandLabel(name, secret, text, transcriptHash, hashLength(name));

/** §7.1: without a PSK both salt and input are zeros, so that this and what it derives are constants of the hash. */
export function earlySecret(name: HashName): Uint8Array {
  const zeros = new Uint8Array(hashLength(name));
  return hkdfExtract(name, zeros, zeros);
}

const derivedFromEarly = new Map<HashName, Uint8Array>();

/** §7.1. The shared secret is zeroed. */
export function handshakeSecret(name: HashName, sharedSecret: Uint8Array): Uint8Array {
  const salt = derivedFromEarly.get(name) ?? deriveSecret(name, earlySecret(name), label.derived, hashOfNothing[name]);
  derivedFromEarly.set(name, salt);
  const secret = hkdfExtract(name, salt, sharedSecret);
  sharedSecret.fill(0);
  return secret;
}

/** §7.1 */
export function mainSecret(name: HashName, handshake: Uint8Array): Uint8Array {
  const salt = deriveSecret(name, handshake, label.derived, hashOfNothing[name]);
  return hkdfExtract(name, salt, new Uint8Array(hashLength(name)));
}

export interface TrafficSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** `transcriptHash` runs from ClientHello to ServerHello. */
export const handshakeTrafficSecrets = (
  name: HashName,
  secret: Uint8Array,
  transcriptHash: Uint8Array,
): TrafficSecrets => ({
  client: deriveSecret(name, secret, label.clientHandshakeTraffic, transcriptHash),
  server: deriveSecret(name, secret, label.serverHandshakeTraffic, transcriptHash),
});

/** client_application_traffic_secret_0 and its counterpart; `transcriptHash` runs from ClientHello to server Finished. */
export const applicationTrafficSecrets0 = (
  name: HashName,
  secret: Uint8Array,
  transcriptHash: Uint8Array,
): TrafficSecrets => ({
  client: deriveSecret(name, secret, label.clientApplicationTraffic, transcriptHash),
  server: deriveSecret(name, secret, label.serverApplicationTraffic, transcriptHash),
});

/** `transcriptHash` runs from ClientHello to server Finished. */
export const exporterMainSecret = (name: HashName, secret: Uint8Array, transcriptHash: Uint8Array): Uint8Array =>
  deriveSecret(name, secret, label.exporterMain, transcriptHash);

/** §4.4.4 */
export function verifyData(name: HashName, baseKey: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  const finishedKey = hkdfExpandLabel(name, baseKey, label.finished, EMPTY, hashLength(name));
  const data = hmac(name, finishedKey, transcriptHash);
  finishedKey.fill(0);
  return data;
}

/** §7.3 */
export const trafficKey = (
  suite: CipherSuite,
  secret: Uint8Array,
): { readonly key: Uint8Array; readonly iv: Uint8Array } => ({
  key: hkdfExpandLabel(suite.hash, secret, label.key, EMPTY, suite.keyLength),
  iv: hkdfExpandLabel(suite.hash, secret, label.iv, EMPTY, suite.ivLength),
});

/** §7.2 */
export const nextTrafficSecret = (suite: CipherSuite, secret: Uint8Array): Uint8Array =>
  hkdfExpandLabel(suite.hash, secret, label.trafficUpdate, EMPTY, hashLength(suite.hash));

/** TLS-Exporter, §7.5. */
export function exportKeyingMaterial(
  name: HashName,
  secret: Uint8Array,
  text: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const derived = deriveSecret(name, secret, text, hashOfNothing[name]);
  return hkdfExpandLabel(name, derived, label.exporter, hash(name, context), length);
}
