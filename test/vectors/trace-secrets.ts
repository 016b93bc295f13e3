import { numberToBytesBE } from '@noble/curves/utils.js';
import { type CipherSuite, cipherSuite } from '../../service/tls/cipher-suite.ts';
import { verifyFinished } from '../../service/tls/finished.ts';
import { equalBytes, hash, hkdfExpand, hkdfExtract, hmac } from '../../service/tls/hkdf.ts';
import * as schedule from '../../service/tls/key-schedule.ts';
import { namedGroups, offerKeyShare } from '../../service/tls/named-group.ts';
import { RecordProtection13 } from '../../service/tls/record-protection.ts';
import { os2ip } from '../../service/x509/rsa.ts';
import type { TraceLedger } from './trace-ledger.ts';
import { hashNow, NOTHING, SHA256, type State, secretOf } from './trace-state.ts';

const TLS_AES_128_GCM_SHA256 = ((): CipherSuite => {
  const suite = cipherSuite(0x1301);
  if (suite === undefined) throw new Error('TLS_AES_128_GCM_SHA256 is missing');
  return suite;
})();

/* Key agreement */

export function createKeyPair(ledger: TraceLedger, state: State): void {
  const p256 = ledger.step.title.includes('P-256');
  const group = namedGroups.find(({ name }) => name === (p256 ? 'secp256r1' : 'x25519'));
  if (group === undefined) throw new Error('a group of the traces is missing');
  const secret = ledger.give('private key');
  const share = offerKeyShare(group, {
    x25519: secret,
    mlkem: NOTHING,
    p256: numberToBytesBE(os2ip(secret) - 1n, 48), // FIPS 186-5 A.2.1 backwards
    p384: NOTHING,
  });
  ledger.check('public key', share.publicValue);
  state.shares[ledger.step.role] = share;
}

function sharedSecret({ shares: { client, server } }: State): Uint8Array | undefined {
  if (client === undefined || server === undefined) return undefined;
  const secret = client.agree(server.publicValue);
  const other = server.agree(client.publicValue);
  return secret !== undefined && other !== undefined && equalBytes(secret, other) ? secret : undefined;
}

/* The key schedule */

export function extractEarly(ledger: TraceLedger, state: State, psk: Uint8Array | undefined): void {
  const input = psk ?? new Uint8Array(32);
  state.early = psk === undefined ? schedule.earlySecret(SHA256) : hkdfExtract(SHA256, NOTHING, psk);
  ledger.check('salt', NOTHING); // HMAC pads its key with zeros, so that none is as good as 32
  ledger.check('IKM', input);
  ledger.check('secret', state.early);
}

export function extractHandshake(ledger: TraceLedger, state: State, psk: Uint8Array | undefined): void {
  const shared = sharedSecret(state);
  if (shared === undefined) throw new Error('the key shares of the trace do not agree');
  const salt = schedule.deriveSecret(SHA256, state.early, 'derived', hash(SHA256, NOTHING));
  ledger.check('salt', salt);
  ledger.check('IKM', shared);
  state.handshake =
    psk === undefined ? schedule.handshakeSecret(SHA256, shared.slice()) : hkdfExtract(SHA256, salt, shared);
  ledger.check('secret', state.handshake);
}

export function extractMain(ledger: TraceLedger, state: State): void {
  ledger.check('salt', schedule.deriveSecret(SHA256, state.handshake, 'derived', hash(SHA256, NOTHING)));
  ledger.check('IKM', new Uint8Array(32));
  state.main = schedule.mainSecret(SHA256, state.handshake);
  ledger.check('secret', state.main);
}

export function baseOf(state: State, label: string): Uint8Array {
  switch (label) {
    case 'c e traffic':
    case 'e exp master':
      return state.early;
    case 'c hs traffic':
    case 's hs traffic':
      return state.handshake;
    case 'c ap traffic':
    case 's ap traffic':
    case 'exp master':
    case 'res master':
      return state.main;
    default:
      throw new Error(`a label this test does not know: ${label}`);
  }
}

export function derive(
  ledger: TraceLedger,
  state: State,
  label: string,
  base: Uint8Array,
  transcriptHash: Uint8Array,
): void {
  const secret = byName(label, base, transcriptHash);
  ledger.check('PRK', base);
  ledger.check('hash', transcriptHash);
  checkInfo(ledger, 'info', base, secret);
  ledger.check('expanded', secret);
  if (label !== 'derived') state.traffic.set(label, secret);
}

/** Through the function of the engine that has the label, where one has. */
function byName(label: string, base: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  switch (label) {
    case 'c hs traffic':
      return schedule.handshakeTrafficSecrets(SHA256, base, transcriptHash).client;
    case 's hs traffic':
      return schedule.handshakeTrafficSecrets(SHA256, base, transcriptHash).server;
    case 'c ap traffic':
      return schedule.applicationTrafficSecrets0(SHA256, base, transcriptHash).client;
    case 's ap traffic':
      return schedule.applicationTrafficSecrets0(SHA256, base, transcriptHash).server;
    case 'exp master':
      return schedule.exporterMainSecret(SHA256, base, transcriptHash);
    default:
      return schedule.deriveSecret(SHA256, base, label, transcriptHash);
  }
}

/** The engine keeps its HkdfLabel to itself: the trace's leads to the same octets, so it is the same. */
function checkInfo(ledger: TraceLedger, label: string, secret: Uint8Array, expanded: Uint8Array): void {
  const info = ledger.peek(label);
  if (info !== undefined) ledger.holds(label, equalBytes(hkdfExpand(SHA256, secret, info, expanded.length), expanded));
}

export function trafficKeys(ledger: TraceLedger, state: State, direction: string, phase: string): void {
  const { role } = ledger.step;
  const writer = direction === 'write' ? role : role === 'client' ? 'server' : 'client';
  const name = { handshake: 'hs', application: 'ap', 'early application': 'e' }[phase];
  if (name === undefined) throw new Error(`a phase this test does not know: ${phase}`);
  const secret = secretOf(state, `${writer.charAt(0)} ${name} traffic`);
  const { key, iv } = schedule.trafficKey(TLS_AES_128_GCM_SHA256, secret);
  ledger.check('PRK', secret);
  checkInfo(ledger, 'key info', secret, key);
  ledger.check('key expanded', key);
  checkInfo(ledger, 'iv info', secret, iv);
  ledger.check('iv expanded', iv);
  if (direction === 'write') {
    state.writing[role] = new RecordProtection13(TLS_AES_128_GCM_SHA256, secret.slice());
    state.reading[role] = new RecordProtection13(TLS_AES_128_GCM_SHA256, secret.slice());
  }
}

export function resumption(ledger: TraceLedger, state: State): void {
  const main = secretOf(state, 'res master');
  const nonce = ledger.give('hash'); // ticket_nonce, which the NewSessionTicket after it holds
  const secret = schedule.hkdfExpandLabel(SHA256, main, 'resumption', nonce, 32);
  ledger.check('PRK', main);
  checkInfo(ledger, 'info', main, secret);
  ledger.check('expanded', secret);
  state.traffic.set('resumption', secret);
}

export function calculateBinder(ledger: TraceLedger, state: State): void {
  const prefix = state.pending.client.at(-1) ?? NOTHING;
  const base = schedule.deriveSecret(SHA256, state.early, 'res binder', hash(SHA256, NOTHING));
  const binderHash = hash(SHA256, prefix);
  ledger.check('ClientHello prefix', prefix);
  ledger.check('binder hash', binderHash);
  checkFinished(
    ledger,
    base,
    hmac(SHA256, schedule.hkdfExpandLabel(SHA256, base, 'finished', NOTHING, 32), binderHash),
  );
}

export function calculateFinished(ledger: TraceLedger, state: State): void {
  const secret = secretOf(state, `${ledger.step.role.charAt(0)} hs traffic`);
  const transcriptHash = hashNow(state);
  checkFinished(ledger, secret, schedule.verifyData(SHA256, secret, transcriptHash));
  const verifyData = ledger.peek('finished') ?? NOTHING;
  ledger.differences.push(
    ...(verifyFinished(SHA256, secret, transcriptHash, verifyData).ok ? [] : ['a Finished of the trace is refused']),
    ...(verifyFinished(SHA256, secret, transcriptHash, flipped(verifyData)).ok ? ['a wrong Finished is accepted'] : []),
  );
}

function checkFinished(ledger: TraceLedger, secret: Uint8Array, verifyData: Uint8Array): void {
  const finishedKey = schedule.hkdfExpandLabel(SHA256, secret, 'finished', NOTHING, 32);
  ledger.check('PRK', secret);
  ledger.check('hash', NOTHING);
  checkInfo(ledger, 'info', secret, finishedKey);
  ledger.check('expanded', finishedKey);
  ledger.check('finished', verifyData);
}

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
