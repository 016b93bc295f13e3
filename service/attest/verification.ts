import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import type { Result } from '../x509/index.ts';
import { longestEvidence } from './evidence.ts';
import { decodeCanonical, JsonFields, Malformed } from './json-fields.ts';
import { isProof, type Proof, readProof } from './proof.ts';
import { longestSandboxManifest } from './sandbox-manifest.ts';

/*
 * What a verifier saw in one run (docs/verify.md), kept so that anybody can judge it again. Of the times, of what the ports
 * showed and of what an explorer said, a reader has the word of whoever made the file.
 */

export const verificationFormat = 'btc-pinata/verification/v1';

/** One statement, over bytes that the verifier made. Times are whole seconds since 1970, by the verifier's clock. */
export interface Observation {
  readonly proof: Proof;
  /** What the challenge was made from, 32 bytes each. */
  readonly random: Uint8Array;
  readonly blockHash: Uint8Array;
  readonly asked: number;
  readonly answered: number;
  /** What hardware says of it, as it came, and when. */
  readonly evidence: { readonly text: string; readonly received: number } | undefined;
}

/** The certificate (DER) of a port that also proved to have its key; or why there is none. */
export type Shown = { readonly certificate: Uint8Array } | { readonly nothing: string };

/** What came of joining the port of the TLS server to that of the TLS client. */
export const joinOutcomes = ['confirmed', 'unknown', 'failed'] as const;
export type JoinOutcome = (typeof joinOutcomes)[number];

export interface Verification {
  /** As it was asked for. */
  readonly host: string;
  readonly release: {
    readonly text: string;
    /** Of its `.minisig` and `.ots`, where there are any. */
    readonly minisig: string | undefined;
    readonly timestamp: Uint8Array | undefined;
  };
  /** What `btc-pinata rebuild --attest` wrote. */
  readonly rebuilt: string | undefined;
  /** Headers of blocks, 80 bytes each, by height: the word of an explorer. */
  readonly headers: ReadonlyMap<number, Uint8Array>;
  /** The transaction that funded the wallet, serialized, and the block that an explorer says it is in. */
  readonly funding: { readonly transaction: Uint8Array; readonly height: number | undefined } | undefined;
  readonly observations: readonly [Observation, Observation];
  readonly credential: { readonly sent: Uint8Array; readonly answered: Uint8Array | undefined } | undefined;
  /** DER, as the page published them. */
  readonly authorities: { readonly bounty: Uint8Array | undefined; readonly site: Uint8Array | undefined };
  readonly shown: { readonly server: Shown; readonly https: Shown };
  readonly joined: { readonly outcome: JoinOutcome; readonly words: string };
  /** What the page publishes as `/sandbox.json`. */
  readonly sandbox: string | undefined;
  /** DER of roots and of what stands below them, which the verifier was told to look at: trusted for tests alone. */
  readonly roots: readonly Uint8Array[];
}

const most = {
  text: 262_144,
  certificate: 16_384,
  timestamp: 65_536,
  transaction: 400_000,
  roots: 16,
  headers: 64,
} as const;
/** Longer than any: what is longer is not looked at. */
export const longestVerification = 4_194_304;

/** As it is written: the same verification has the same bytes. The last field is the SHA-256 of the others. */
export function encodeVerification(verification: Verification): string {
  const {
    host,
    release,
    rebuilt,
    headers,
    funding,
    observations,
    credential,
    authorities,
    shown,
    joined,
    sandbox,
    roots,
  } = verification;
  const content = {
    format: verificationFormat,
    host,
    release: { text: release.text, minisig: release.minisig ?? null, timestamp: base64OrNull(release.timestamp) },
    rebuilt: rebuilt ?? null,
    headers: [...headers].map(([height, header]) => ({ height, header: bytesToHex(header) })),
    funding:
      funding === undefined
        ? null
        : { transaction: base64.encode(funding.transaction), height: funding.height ?? null },
    observations: observations.map(({ proof, random, blockHash, asked, answered, evidence }) => ({
      proof,
      random: bytesToHex(random),
      blockHash: bytesToHex(blockHash),
      asked,
      answered,
      evidence: evidence ?? null,
    })),
    credential:
      credential === undefined
        ? null
        : { sent: base64.encode(credential.sent), answered: base64OrNull(credential.answered) },
    authorities: { bounty: base64OrNull(authorities.bounty), site: base64OrNull(authorities.site) },
    shown: { server: shownDocument(shown.server), https: shownDocument(shown.https) },
    joined,
    sandbox: sandbox ?? null,
    roots: roots.map((root) => base64.encode(root)),
  };
  const digest = bytesToHex(sha256(utf8ToBytes(JSON.stringify(content))));
  return `${JSON.stringify({ ...content, sha256: digest }, undefined, 2)}\n`;
}

const shownDocument = (shown: Shown) =>
  'certificate' in shown ? { certificate: base64.encode(shown.certificate) } : { nothing: shown.nothing };

const base64OrNull = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined ? null : base64.encode(bytes);

/** Of JSON text. Total; a byte that is not as it was written makes it none. */
export const decodeVerification = (text: string): Result<Verification, string> =>
  decodeCanonical(text, {
    longest: longestVerification,
    read: readVerification,
    encode: encodeVerification,
    otherwiseWritten:
      'it is not as it was written: its last field is not the SHA-256 of the others, or it was reformatted',
  });

const keys = ['format', 'host', 'release', 'rebuilt', 'headers', 'funding', 'observations', 'credential'] as const;
const moreKeys = ['authorities', 'shown', 'joined', 'sandbox', 'roots', 'sha256'] as const;

function readVerification(value: unknown): Verification {
  const fields = new JsonFields(value, 'it', [...keys, ...moreKeys]);
  if (fields.value('format') !== verificationFormat) throw new Malformed(`its format is not ${verificationFormat}`);
  const release = new JsonFields(fields.value('release'), 'its release', ['text', 'minisig', 'timestamp']);
  const authorities = new JsonFields(fields.value('authorities'), 'its authorities', ['bounty', 'site']);
  const shown = new JsonFields(fields.value('shown'), 'what was shown', ['server', 'https']);
  const [first, second, ...more] = fields.list('observations', 2).map(readObservation);
  if (first === undefined || second === undefined || more.length > 0)
    throw new Malformed('there are not two observations in it');
  const certificate = (of: JsonFields, key: string) => of.optional(key, () => of.bytes(key, most.certificate));
  return {
    host: readHost(fields),
    release: {
      text: release.string('text', most.text),
      minisig: release.optional('minisig', () => release.string('minisig', 4096)),
      timestamp: release.optional('timestamp', () => release.bytes('timestamp', most.timestamp)),
    },
    rebuilt: fields.optional('rebuilt', () => fields.string('rebuilt', most.text)),
    headers: new Map(fields.list('headers', most.headers).map(readHeader)),
    funding: fields.optional('funding', () => readFunding(fields.value('funding'))),
    observations: [first, second],
    credential: fields.optional('credential', () => readCredential(fields.value('credential'))),
    authorities: { bounty: certificate(authorities, 'bounty'), site: certificate(authorities, 'site') },
    shown: { server: readShown(shown.value('server')), https: readShown(shown.value('https')) },
    joined: readJoined(fields.value('joined')),
    sandbox: fields.optional('sandbox', () => fields.string('sandbox', longestSandboxManifest)),
    roots: fields
      .list('roots', most.roots)
      .map((root) => new JsonFields({ root }, 'a root', ['root']).bytes('root', most.certificate)),
  };
}

function readHost(fields: JsonFields): string {
  const host = fields.string('host', 300);
  if (!/^[!-~]+$/.test(host)) throw new Malformed('its host is no name or address');
  return host;
}

function readObservation(value: unknown): Observation {
  const name = 'an observation';
  const fields = new JsonFields(value, name, ['proof', 'random', 'blockHash', 'asked', 'answered', 'evidence']);
  const proof = readProof(fields.value('proof'));
  if ('fault' in proof) throw new Malformed(`a proof in it: ${proof.fault}`);
  if (!isProof(proof)) throw new Malformed('a proof in it answers no challenge');
  return {
    proof,
    random: fields.hex('random', 32),
    blockHash: fields.hex('blockHash', 32),
    asked: fields.number('asked'),
    answered: fields.number('answered'),
    evidence: fields.optional('evidence', () => {
      const evidence = new JsonFields(fields.value('evidence'), 'what hardware says', ['text', 'received']);
      return { text: evidence.string('text', longestEvidence), received: evidence.number('received') };
    }),
  };
}

function readHeader(value: unknown): [number, Uint8Array] {
  const fields = new JsonFields(value, 'a header', ['height', 'header']);
  return [fields.number('height'), fields.hex('header', 80)];
}

function readFunding(value: unknown): Verification['funding'] {
  const fields = new JsonFields(value, 'its funding', ['transaction', 'height']);
  return {
    transaction: fields.bytes('transaction', most.transaction),
    height: fields.optional('height', () => fields.number('height')),
  };
}

function readCredential(value: unknown): Verification['credential'] {
  const fields = new JsonFields(value, 'its credential', ['sent', 'answered']);
  return { sent: fields.bytes('sent', 64), answered: fields.optional('answered', () => fields.bytes('answered', 64)) };
}

function readShown(value: unknown): Shown {
  if (typeof value === 'object' && value !== null && 'nothing' in value)
    return { nothing: new JsonFields(value, 'what a port showed', ['nothing']).string('nothing', 400) };
  const fields = new JsonFields(value, 'what a port showed', ['certificate']);
  return { certificate: fields.bytes('certificate', most.certificate) };
}

function readJoined(value: unknown): Verification['joined'] {
  const fields = new JsonFields(value, 'what was joined', ['outcome', 'words']);
  const outcome = joinOutcomes.find((known) => known === fields.value('outcome'));
  if (outcome === undefined) throw new Malformed(`what was joined is none of ${joinOutcomes.join(', ')}`);
  return { outcome, words: fields.string('words', 1000) };
}
