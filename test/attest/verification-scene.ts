import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { attestedIdentity } from '../../service/attest/attested-identity.ts';
import { type Cbor, CborMap } from '../../service/attest/cbor.ts';
import { type Evidence, encodeEvidence, statementName, type TpmEvidence } from '../../service/attest/evidence.ts';
import { committedChallenge, type Proof, rootOf } from '../../service/attest/index.ts';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { pcr8 } from '../../service/attest/pcr.ts';
import { encodeRelease, type Pcrs, type Release, releaseFormat } from '../../service/attest/release.ts';
import { type ClockInfo, marshalQuote, marshalSignature } from '../../service/attest/tpm-attest.ts';
import { TPM_ALG } from '../../service/attest/tpm-constants.ts';
import { attestationKeyTemplate, marshalPublic } from '../../service/attest/tpm-public.ts';
import type { Observation, Verification } from '../../service/attest/verification.ts';
import type { Trust } from '../../service/attest/verify.ts';
import type { StatementFields } from '../../service/bitcoin/index.ts';
import { generationEntropyLength, makeGeneration } from '../../service/bounty/generation.ts';
import { mockNitro, signedDocument } from '../support/mock-nitro.ts';
import { authority, entity, extensions, issued, now, validityOf } from '../x509/certificate-builder.ts';
import { fieldsOf, proofOf, terms } from './sample-statement.ts';

/*
 * A machine that is as it should be, made by hand, and what a verifier saw of it: a vault whose key a measured image made,
 * a TPM, and the document of AWS. Every part can be another.
 */

export { now };

export const generation = (seed: number, at = now) =>
  makeGeneration({
    entropy: new Uint8Array(generationEntropyLength).fill(seed),
    number: 1,
    now: at,
    lifetimeSeconds: 86_400,
    website: { dnsNames: ['pinata.example.org'], ipAddresses: [] },
    testCredentials: false,
  }).published;

export const own = generation(1);
export const other = generation(2);

const register = (octet: number, length: number): string => bytesToHex(new Uint8Array(length).fill(octet));
const bank = (length: number): Pcrs['sha256'] => ({
  '4': register(4, length),
  '7': register(7, length),
  '9': register(0, length),
  '11': register(0, length),
  '12': register(0, length),
});
const pcrs: Pcrs = { sha256: bank(32), sha384: bank(48) };

export const build = 'ef'.repeat(32);
export const release: Release = {
  format: releaseFormat,
  version: '1.2.3',
  commit: '01'.repeat(20),
  inputs: [],
  outputs: [
    { name: 'btc-pinata.cdx.json', bytes: 3, sha256: 'cd'.repeat(32) },
    { name: 'btc-pinata.cjs', bytes: 1, sha256: build },
    { name: 'btc-pinata.efi', bytes: 2, sha256: 'ee'.repeat(32) },
  ],
  measurements: [{ output: 'btc-pinata.efi', pcrs }],
};
export const releaseText = encodeRelease(release);

const { refund } = terms.vault.kind === 'vault' ? terms.vault : { refund: undefined };
if (refund === undefined) throw new Error('the sample vault has no refund');
export const configuration = new TextDecoder().decode(
  canonicalConfiguration({
    network: 'regtest',
    refundKey: refund.publicKey,
    lockHeight: refund.height,
    name: 'pinata.example.org',
  }),
);

export const sampleFields: StatementFields = {
  ...fieldsOf('vault'),
  caSha256: own.id,
  siteCaSha256: bytesToHex(sha256(own.website.authority.der)),
  buildSha256: build,
  startedAt: now - 3600,
};

/** The maker of the TPM, an authority below it, and the chip. */
const maker = entity('maker of TPMs', 41);
const below = entity('below', 42);
export const makerRoot = authority(maker);
export const makerBelow = authority(below, maker);
export const ekCertificate = issued(
  entity('endorsement key', 43),
  below,
  [extensions.notCa, extensions.keyEncipherment, extensions.extKeyUsage('2.23.133.8.1')],
  { validity: validityOf() },
);

export const nitro = mockNitro(51);
const akSecret = new Uint8Array(32).fill(9);
const point = p256.getPublicKey(akSecret, false);
export const akPublic = marshalPublic({
  ...attestationKeyTemplate,
  unique: { x: point.subarray(1, 33), y: point.subarray(33) },
});

export interface Machine {
  readonly configuration: string | undefined;
  /** Of the bank of SHA-256, but for PCR 8. */
  readonly registers: Readonly<Record<number, Uint8Array>>;
  /** Of the bank of SHA-384. */
  readonly nitroRegisters: Readonly<Record<number, Uint8Array>>;
  readonly clockInfo: Partial<ClockInfo>;
  readonly ekCertificate: Uint8Array | undefined;
  readonly nitroFields: Readonly<Record<string, Cbor | undefined>>;
  /** In place of the statement that is quoted. */
  readonly quoted: string | undefined;
}

const genuine: Machine = {
  configuration,
  registers: {},
  nitroRegisters: {},
  clockInfo: {},
  ekCertificate,
  nitroFields: {},
  quoted: undefined,
};

const filled = (pcr: number, length: number): Uint8Array =>
  new Uint8Array(length).fill([8, 9, 11, 12, 13].includes(pcr) ? 0 : pcr);

export function tpmEvidence(statement: string, change: Partial<Machine> = {}): TpmEvidence {
  const machine = { ...genuine, ...change };
  const measured = machine.configuration === undefined ? undefined : utf8ToBytes(machine.configuration);
  const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13];
  const values = new Map(
    numbers.map((pcr) => {
      const eighth = pcr === 8 && measured !== undefined ? pcr8(measured).sha256 : undefined;
      return [pcr, machine.registers[pcr] ?? eighth ?? filled(pcr, 32)];
    }),
  );
  const quote = marshalQuote({
    qualifiedSigner: new Uint8Array(34),
    extraData: attestedIdentity(machine.quoted ?? statement, measured),
    clockInfo: { clock: 1000n, resetCount: 7, restartCount: 0, safe: true, ...machine.clockInfo },
    firmwareVersion: 1n,
    pcrSelect: [{ hash: TPM_ALG.SHA256, pcrs: numbers }],
    pcrDigest: sha256(concatBytes(...values.values())),
  });
  const signature = p256.sign(sha256(quote), akSecret, { prehash: false, lowS: false, format: 'compact' });
  return {
    quote,
    signature: marshalSignature({
      hash: TPM_ALG.SHA256,
      signatureR: signature.subarray(0, 32),
      signatureS: signature.subarray(32),
    }),
    akPublic,
    ekCertificate: machine.ekCertificate,
    eventLog: undefined,
    pcrs: { sha256: values },
  };
}

export function nitroDocument(statement: string, challengeRoot: string, change: Partial<Machine> = {}): Uint8Array {
  const machine = { ...genuine, ...change };
  const measured = machine.configuration === undefined ? undefined : utf8ToBytes(machine.configuration);
  const numbers = [0, 1, 4, 7, 8, 9, 11, 12, 13];
  const values = numbers.map((pcr): [bigint, Cbor] => {
    const eighth = pcr === 8 && measured !== undefined ? pcr8(measured).sha384 : undefined;
    return [BigInt(pcr), machine.nitroRegisters[pcr] ?? eighth ?? filled(pcr, 48)];
  });
  return signedDocument({
    module_id: 'i-0123456789abcdef0',
    digest: 'SHA384',
    timestamp: BigInt(now) * 1000n,
    nitrotpm_pcrs: new CborMap(values),
    certificate: nitro.certificate,
    cabundle: nitro.cabundle,
    public_key: null,
    user_data: attestedIdentity(machine.quoted ?? statement, measured),
    nonce: hexToBytes(challengeRoot),
    ...machine.nitroFields,
  });
}

export type Kind = 'none' | 'tpm' | 'nitro';

export interface Scene {
  readonly kind: Kind;
  /** Of both statements, or of one. */
  readonly fields: Partial<StatementFields>;
  readonly both: readonly [Partial<StatementFields>, Partial<StatementFields>];
  readonly machine: Partial<Machine>;
  readonly machines: readonly [Partial<Machine>, Partial<Machine>];
  readonly verification: Partial<Verification>;
  /** What the verifier says that it made its challenges from. */
  readonly random: Uint8Array;
}

/** EC2's NitroTPM has no certificate of its endorsement key in the chip. */
function evidenceOf(kind: Kind, { statement }: Proof, root: string, machine: Partial<Machine>): Evidence | undefined {
  if (kind === 'none') return undefined;
  const shown = { ...genuine, ...(kind === 'nitro' ? { ekCertificate: undefined } : {}), ...machine };
  return {
    statementSha256: statementName(statement),
    configuration: shown.configuration,
    tpm: tpmEvidence(statement, shown),
    nitroTpm: kind === 'nitro' ? nitroDocument(statement, root, shown) : undefined,
  };
}

function observation(index: 0 | 1, scene: Partial<Scene>): Observation {
  const random = new Uint8Array(32).fill(index + 1);
  const blockHash = new Uint8Array(32).fill(0xbb);
  const challenge = committedChallenge(random, blockHash);
  const challengeRoot = bytesToHex(rootOf(challenge, []) ?? new Uint8Array());
  const time = now + index;
  const fields = { ...sampleFields, challengeRoot, time, ...scene.fields, ...scene.both?.[index] };
  const proof = proofOf(fields, bytesToHex(challenge));
  const clockInfo = { clock: 1000n + BigInt(index) };
  const machine = { clockInfo, ...scene.machine, ...scene.machines?.[index] };
  const evidence = evidenceOf(scene.kind ?? 'none', proof, fields.challengeRoot, machine);
  const received = time + 1;
  return {
    proof,
    random: scene.random ?? random,
    blockHash,
    asked: time,
    answered: time + 1,
    evidence: evidence === undefined ? undefined : { text: encodeEvidence(evidence), received },
  };
}

/** As infra/sandbox/manifest.ts makes one, and shorter. */
export const sandboxText = `${JSON.stringify({
  devices: ['/dev/null'],
  dialBack: { port: 40_001, privateAddresses: false },
  files: [
    { access: 'read', holds: 'the program', path: '/program/btc-pinata.cjs' },
    { access: 'read-write', holds: 'traces', path: '/data' },
  ],
  flags: ['--permission'],
  format: 'btc-pinata/sandbox/v1',
  memoryMebibytes: 2048,
  sockets: ['http', 'https', 'server', 'dialback', 'reverse'],
  systemCalls: { allowed: ['read', 'write'], compiler: false, unknown: [] },
  tasks: 64,
})}\n`;

/** What a verifier saw of it. */
export function sceneOf(scene: Partial<Scene> = {}): Verification {
  const secret = new Uint8Array(32).fill(0x5e);
  return {
    host: 'pinata.example.org:80',
    release: { text: releaseText, minisig: undefined, timestamp: undefined },
    rebuilt: undefined,
    headers: new Map(),
    funding: undefined,
    observations: [observation(0, scene), observation(1, scene)],
    credential: scene.kind === 'tpm' ? { sent: secret, answered: secret } : undefined,
    authorities: { bounty: own.bounty.authority.der, site: own.website.authority.der },
    shown: { server: { certificate: own.bounty.server.der }, https: { certificate: own.website.leaf.der } },
    joined: { outcome: 'confirmed', words: 'port 10002 took port 10000' },
    sandbox: undefined,
    roots: scene.kind === 'tpm' ? [makerRoot, makerBelow] : scene.kind === 'nitro' ? [nitro.rootCertificate] : [],
    ...scene.verification,
  };
}

/** As if the roots of this scene were those of makers that everybody knows. */
export const trust: Trust = {
  key: undefined,
  release: undefined,
  pinned: { tpm: [bytesToHex(sha256(makerRoot))], nitro: [nitro.rootSha256] },
};
