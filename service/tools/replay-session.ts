import { hexToBytes } from '@noble/hashes/utils.js';
import {
  bountyProtocol,
  type PortKey,
  probeProtocol,
  roleKeyPurposes,
  roleNames,
  rolePurposes,
} from '../bounty/endpoints.ts';
import { type ClientContext, startClient } from '../tls/client.ts';
import type { CertifiedKey, ClientConfig, ServerConfig, Trust, Version } from '../tls/contract.ts';
import type { Machine } from '../tls/dispatch.ts';
import { type Entropy, entropyLength, partition } from '../tls/entropy.ts';
import { ExtensionType as ext } from '../tls/extension-type.ts';
import { clientKeyShares } from '../tls/extensions.ts';
import { type ClientHello, clientHello, serverHello } from '../tls/handshake-messages.ts';
import { HandshakeType } from '../tls/handshake-type.ts';
import { parametersOf, shareGroupsOf } from '../tls/parameters.ts';
import { decode } from '../tls/presentation.ts';
import type { Output } from '../tls/states.ts';
import type { GenerationLine } from '../trace/index.ts';
import {
  type Certificate,
  decodeCertificate,
  generatePrivateKey,
  prepareKey,
  privateKeyEntropyLength,
} from '../x509/index.ts';
import type { Begun, Recording } from './replay-recording.ts';
import { replaySecrets, standIn } from './replay-secrets.ts';

/*
 * The session of a recorded attempt, set up as the piñata's was: the same trust, time, versions and certificates, the public
 * part of its randomness, and throwaway secrets in place of the others.
 */

/** A generation whose certificates were read. */
export interface ReplayGeneration {
  readonly authority: Certificate;
  readonly certifiedKeys: Readonly<Record<'server' | 'client' | 'website', CertifiedKey>>;
}

/** By the SHA-256 of their authority. */
export type Generations = ReadonlyMap<string, ReplayGeneration>;

/** Undefined where the line holds what is no certificate. */
export function readGeneration({ authority, leaves }: GenerationLine): ReplayGeneration | undefined {
  const anchor = decodeCertificate(hexToBytes(authority));
  const [server, client, website] = [leaves.server, leaves.client, leaves.website].map(certifiedKey);
  if (anchor.ok !== true || server === undefined || client === undefined || website === undefined) return undefined;
  prepareKey(anchor.value.publicKey); // as the piñata does: every attempt verifies under it
  return { authority: anchor.value, certifiedKeys: { server, client, website } };
}

/** The recorded leaf, and a key of its type that signs what nobody will look at. */
function certifiedKey(hex: string): CertifiedKey | undefined {
  const leaf = decodeCertificate(hexToBytes(hex));
  if (leaf.ok !== true) return undefined;
  const { publicKey } = leaf.value;
  const type = publicKey.algorithm === 'ecdsa' ? publicKey.curve : 'ed25519';
  if (type !== 'P-256' && type !== 'P-384' && type !== 'ed25519') return undefined;
  return { chain: [leaf.value], key: generatePrivateKey(type, new Uint8Array(privateKeyEntropyLength(type)).fill(7)) };
}

/** A machine and its first words; `problem` where the record lacks what it takes. */
export type Start = { readonly machine: Machine; readonly outputs: readonly Output[] } | { readonly problem: string };

export interface Setting {
  readonly port: PortKey;
  readonly role: 'server' | 'client';
  readonly begun: Begun;
  readonly generation: ReplayGeneration;
}

export const startOf = (setting: Setting, recording: Recording): Start =>
  setting.role === 'server' ? startServer(setting, recording) : startOurClient(setting, recording);

/** As bounty/bounty-session.ts and host/website-tls.ts configure it. */
function startServer({ port, begun, generation }: Setting, recording: Recording): Start {
  const website = port === 'https';
  const choices = { versions: begun.versions };
  const config: ServerConfig = website
    ? {
        certifiedKeys: [generation.certifiedKeys.website],
        alpn: { protocols: [probeProtocol, 'http/1.1'], absent: 'tolerated' },
        clientAuthentication: 'none',
        choices,
      }
    : {
        certifiedKeys: [generation.certifiedKeys.server],
        alpn: { protocols: [bountyProtocol, probeProtocol], absent: 'tolerated' },
        clientAuthentication: { trust: trustIn('client', generation) },
        choices,
      };
  const parameters = parametersOf(choices, config.certifiedKeys);
  const entropy = throwawayEntropy(serverRandom(recording));
  return {
    machine: {
      role: 'server',
      state: { name: 'start' },
      context: { config, parameters, now: begun.now, entropy, ownSecrets: replaySecrets },
    },
    outputs: [],
  };
}

/** As bounty/bounty-session.ts configures it; what it says is what it said then. */
function startOurClient({ begun, generation }: Setting, recording: Recording): Start {
  const encodedHello = recording.takeOurs(HandshakeType.client_hello)?.message;
  const sent = encodedHello && decode(clientHello, encodedHello.subarray(4));
  if (encodedHello === undefined || sent?.ok !== true) return { problem: 'our ClientHello is not on record' };
  const choices: { readonly versions: readonly Version[] } = { versions: begun.versions };
  const config: ClientConfig = {
    serverName: roleNames.server,
    alpn: [bountyProtocol],
    trust: trustIn('server', generation),
    certifiedKey: generation.certifiedKeys.client,
    choices,
  };
  const parameters = parametersOf(choices, [generation.certifiedKeys.client]);
  const entropy = throwawayEntropy(sent.value);
  const context: ClientContext = {
    config,
    parameters,
    shareGroups: shareGroupsOf(choices, parameters.groups),
    now: begun.now,
    entropy,
    ownSecrets: replaySecrets,
  };
  const started = startClient(context);
  const shares = sharesOf(sent.value);
  const keyShares = started.state.keyShares.map(({ group, share }) => ({
    group,
    share: standIn(group, shares.get(group.code) ?? share.publicValue),
  }));
  const state = { ...started.state, hello: sent.value, encodedHello, keyShares };
  return { machine: { role: 'client', context, state }, outputs: started.outputs };
}

/** By group. */
export function sharesOf({ extensions }: ClientHello): ReadonlyMap<number, Uint8Array> {
  const data = extensions.find(({ type }) => type === ext.key_share)?.data;
  const shares = data && decode(clientKeyShares, data);
  return new Map(shares?.ok === true ? shares.value.map(({ group, keyExchange }) => [group, keyExchange]) : []);
}

/** As bounty/generation.ts: the opposite role of the same generation, and nobody else. */
const trustIn = (peerRole: 'server' | 'client', { authority }: ReplayGeneration): Trust => ({
  anchor: authority,
  purpose: rolePurposes[peerRole],
  roleKeyPurpose: roleKeyPurposes[peerRole],
  dnsName: roleNames[peerRole],
});

/** Everybody on the way read it in our ServerHello; a HelloRetryRequest before it has a random of its own. */
function serverRandom(recording: Recording): Public {
  const hellos = recording.ours.filter(([type]) => type === HandshakeType.server_hello);
  const last = hellos.at(-1);
  const hello = last && decode(serverHello, last.subarray(4));
  return hello?.ok === true ? { random: hello.value.random } : {};
}

type Public = Partial<Pick<ClientHello, 'random' | 'legacySessionId'>>;

/** The random and the session id are public; the seeds of key shares are not on record, and these are anybody's. */
export function throwawayEntropy({ random, legacySessionId }: Public): Entropy {
  const entropy = partition(new Uint8Array(entropyLength).fill(7));
  return {
    ...entropy,
    random: random ?? entropy.random,
    legacySessionId: legacySessionId ?? entropy.legacySessionId,
  };
}
