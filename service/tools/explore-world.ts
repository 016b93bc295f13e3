import { utf8ToBytes } from '@noble/hashes/utils.js';
import { hash } from '../tls/hkdf.ts';
import {
  type CertifiedKey,
  type Choices,
  client,
  entropyLength,
  peer,
  receive,
  type Session,
  type Step,
  server,
} from '../tls/index.ts';
import type { Certificate, PrivateKey } from '../x509/index.ts';
import { generatePrivateKey, issueAuthority, issueLeaf } from '../x509/index.ts';

/*
 * The little world an exploration takes place in: certificates, and the end that is explored. Nothing in it is random, so
 * that the same bytes lead to the same state every time. The crypto is the cheapest that the engine has.
 */

export type Role = 'client' | 'server';
export type Version = '1.3' | '1.2';

const NOW = 1_790_000_000;
const DAY = 86_400;
export const serverName = 'server.btc-pinata.invalid';
const clientName = 'client.btc-pinata.invalid';
export const protocol = 'pinata/1';

/** So many bytes that depend on nothing but `purpose`. */
export function fixedBytes(purpose: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, block = 0; at < length; at += 32, block++) {
    bytes.set(hash('sha256', utf8ToBytes(`btc-pinata explore ${purpose} ${block}`)).subarray(0, length - at), at);
  }
  return bytes;
}

/** Who there is: both bounty roles, and a stranger who has an authority of his own that issues the same names. */
export interface World {
  readonly authority: Certificate;
  readonly server: CertifiedKey;
  readonly client: CertifiedKey;
  readonly stranger: Readonly<Record<Role, CertifiedKey>>;
}

export function makeWorld(): World {
  const ours = issuer('ours');
  const strangers = issuer('stranger');
  return {
    authority: ours.authority,
    server: ours.leaf('server'),
    client: ours.leaf('client'),
    stranger: { server: strangers.leaf('server'), client: strangers.leaf('client') },
  };
}

function issuer(who: string): { readonly authority: Certificate; leaf(role: Role): CertifiedKey } {
  const validity = { notBefore: NOW - DAY, notAfter: NOW + DAY };
  const key = freshKey(`${who} authority`);
  const { certificate: authority } = issueAuthority({
    commonName: 'authority of the explored world',
    key,
    serial: serial(`${who} authority`),
    permittedDnsNames: ['btc-pinata.invalid'],
    ...validity,
  });
  const leaf = (role: Role): CertifiedKey => {
    const leafKey = freshKey(`${who} ${role}`);
    const name = role === 'server' ? serverName : clientName;
    const { certificate } = issueLeaf({
      commonName: name,
      publicKey: leafKey.publicKey,
      authority,
      authorityKey: key,
      serial: serial(`${who} ${role}`),
      purpose: role === 'server' ? 'serverAuth' : 'clientAuth',
      dnsNames: [name],
      ...validity,
    });
    return { chain: [certificate], key: leafKey };
  };
  return { authority, leaf };
}

const freshKey = (purpose: string): PrivateKey => generatePrivateKey('ed25519', fixedBytes(`key of ${purpose}`, 32));

/** Positive, and 16 bytes long whatever the hash says. */
const serial = (purpose: string): Uint8Array => Uint8Array.of(0x40, ...fixedBytes(`serial of ${purpose}`, 15));

/** What both ends speak: both versions, and one of each kind of algorithm. */
export const choices: Choices = {
  versions: ['1.3', '1.2'],
  cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
  groups: ['x25519'],
  signatureSchemes: ['ed25519'],
};

/** The end that is explored, always the same one: a fresh session each time. */
export interface Subject {
  begin(): Step;
  receive(session: Session, bytes: Uint8Array): Step;
  /** The leaf that the session takes its peer for, once it has one. */
  verifiedLeaf(session: Session): Uint8Array | undefined;
}

/**
 * This very engine, as the bounty ports configure it: mutual authentication, and either version. `which` tells one such
 * end from another: what was said to one proves nothing to the other.
 */
export function engine(role: Role, world: World, which: string = role): Subject {
  const environment = () => ({ now: NOW, entropy: fixedBytes(`entropy of the ${which}`, entropyLength) });
  const begin = (): Step =>
    role === 'server'
      ? listening(server(serverConfig(world), environment()))
      : client(
          {
            serverName,
            alpn: [protocol],
            trust: { anchor: world.authority, purpose: 'serverAuth', dnsName: serverName },
            certifiedKey: world.client,
            choices,
          },
          environment(),
        );
  return { begin, receive, verifiedLeaf: (session) => peer(session)?.path.leaf.der };
}

const serverConfig = (world: World) => ({
  certifiedKeys: [world.server],
  alpn: { protocols: [protocol], absent: 'refused' as const },
  clientAuthentication: {
    trust: { anchor: world.authority, purpose: 'clientAuth' as const, dnsName: clientName },
  },
  choices,
});

/** A server has nothing to say before it has heard something. */
const listening = (session: Session): Step => ({
  session,
  out: new Uint8Array(0),
  received: new Uint8Array(0),
  events: [],
  status: 'handshaking',
});
