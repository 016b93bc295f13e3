import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeStatement } from '../bitcoin/index.ts';
import { decodeCertificate } from '../x509/index.ts';
import { attestedIdentity } from './attested-identity.ts';
import { type Check, Checklist } from './check.ts';
import { decodeEvidence, type Evidence, type TpmEvidence } from './evidence.ts';
import { decodeNitroDocument } from './nitro-document.ts';
import { type NitroCheckName, nitroTpmMeasured, verifyNitroDocument } from './nitro-verify.ts';
import { pcr8, zeroRegister } from './pcr.ts';
import type { ExpectedPcr } from './quote.ts';
import { type Pcrs, type Release, registers } from './release.ts';
import type { ClockInfo } from './tpm-attest.ts';
import type { Observation, Verification } from './verification.ts';
import { endorsementKey, type TpmCheckName, verifyTpmEvidence } from './verify-evidence.ts';

/* What hardware says of one statement, held against the release: a quote of a TPM, a document of AWS, or both. */

/** SHA-256 of the DER of roots that are trusted, lower-case hex. */
export interface PinnedRoots {
  readonly tpm: readonly string[];
  readonly nitro: readonly string[];
}

const table = {
  'evidence-form': {
    proves: 'what the machine shows is a document of evidence, in its one form',
    unproven: 'anything that stands in it',
  },
} as const;

export type HardwareCheckName = keyof typeof table | TpmCheckName | NitroCheckName;

export interface JudgedHardware {
  readonly checks: readonly Check<HardwareCheckName>[];
  /** What each kind of evidence is worth: every check that matters passed, under a pinned root or one for tests. */
  readonly tpm: 'none' | 'pinned' | 'test' | 'refused';
  readonly nitro: 'none' | 'pinned' | 'test' | 'refused';
  readonly clockInfo: ClockInfo | undefined;
  readonly akPublic: Uint8Array | undefined;
  /** The canonical text of what an operator configured. */
  readonly configuration: string | undefined;
}

export interface HardwareContext {
  readonly release: Release | undefined;
  readonly roots: readonly Uint8Array[];
  readonly pinned: PinnedRoots;
  readonly credential: Verification['credential'];
  readonly earlier: ClockInfo | undefined;
}

/** Undefined where the machine showed none. Total. */
export function verifyHardware(
  { proof, evidence: shown }: Pick<Observation, 'proof' | 'evidence'>,
  context: HardwareContext,
): JudgedHardware | undefined {
  if (shown === undefined) return undefined;
  const list = new Checklist(table);
  const decoded = decodeEvidence(shown.text);
  list.enter('evidence-form', decoded.ok, decoded.ok ? 'btc-pinata/evidence/v1' : decoded.fault);
  const nothing = { clockInfo: undefined, akPublic: undefined, configuration: undefined } as const;
  if (!decoded.ok) return { checks: list.list(), tpm: 'refused', nitro: 'refused', ...nothing };
  const evidence = decoded.value;
  const nitro = judgeNitro(proof.statement, evidence, shown.received, context);
  const vouched = nitro.worth === 'pinned' || nitro.worth === 'test';
  const tpm = judgeTpm(proof.statement, evidence, shown.received, vouched, context);
  return {
    checks: [...list.list(), ...tpm.checks, ...nitro.checks],
    tpm: tpm.worth,
    nitro: nitro.worth,
    clockInfo: tpm.clockInfo,
    akPublic: evidence.tpm?.akPublic,
    configuration: evidence.configuration,
  };
}

const digestOf = (der: Uint8Array): string => bytesToHex(sha256(der));

interface Judged<Name extends string> {
  readonly checks: readonly Check<Name>[];
  readonly worth: JudgedHardware['tpm'];
}

/** What is compared with nothing on a first look, or is not there on every machine. */
const dispensable: readonly TpmCheckName[] = ['event-log', 'quote-boot', 'configuration'];

function judgeTpm(
  statement: string,
  evidence: Evidence,
  now: number,
  vouched: boolean,
  { release, roots: named, pinned, credential, earlier }: HardwareContext,
): Judged<TpmCheckName> & { readonly clockInfo: ClockInfo | undefined } {
  const { tpm } = evidence;
  if (tpm === undefined) return { checks: [], worth: 'none', clockInfo: undefined };
  const intermediates = named.filter((der) => !isRoot(der));
  const roots = named.filter(isRoot);
  const trusted = roots.filter((der) => pinned.tpm.includes(digestOf(der)));
  const underPinned = endorsementKey(tpm.ekCertificate, { roots: trusted, intermediates, now }).ok;
  const expectation = (pcrs: readonly ExpectedPcr[]) =>
    verifyTpmEvidence(
      { ...evidence, tpm },
      { statement, now, roots: underPinned ? trusted : roots, intermediates, credential, pcrs, earlier },
    );
  const { checks, clockInfo } = expectation(expectedOf(release, tpm));
  const none = 'the TPM has no certificate of its endorsement key';
  const other = 'the document of AWS speaks for the machine: who made its TPM is not asked';
  const judged =
    tpm.ekCertificate === undefined
      ? checks.map((check) => ofNoMaker(check, none))
      : vouched && !underPinned
        ? checks.map((check) => ofNoMaker(check, other))
        : checks;
  const failed = judged.some(({ outcome }) => outcome === 'fail');
  const complete = judged.every(({ name, outcome }) => outcome === 'pass' || dispensable.includes(name));
  const worth = failed ? 'refused' : complete ? (underPinned ? 'pinned' : 'test') : 'none';
  return { checks: judged, worth, clockInfo };
}

/** A TPM whose maker is not asked for claims nothing of him: it is no lie, and proves nothing. */
const ofNoMaker = (check: Check<TpmCheckName>, found: string): Check<TpmCheckName> =>
  check.name === 'endorsement' || check.name === 'credential' ? { ...check, outcome: 'unchecked', found } : check;

function isRoot(der: Uint8Array): boolean {
  const certificate = decodeCertificate(der);
  return certificate.ok && equalBytes(certificate.value.subject, certificate.value.issuer);
}

/** PCR 13 is of extension images, which none of ours has; what is put beside an image on its disk shows in 12 and 13. */
const alwaysZero = 13;

/** Of the output that the machine booted, which its PCR 4 names; of the first one where it names none. */
function bootedOf(
  release: Release | undefined,
  bank: keyof Pcrs,
  value: Uint8Array | undefined,
): Pcrs[keyof Pcrs] | undefined {
  const all = (release?.measurements ?? []).map(({ pcrs }) => pcrs[bank]);
  const pcr4 = value === undefined ? undefined : bytesToHex(value);
  return all.find((pcrs) => pcrs['4'] === pcr4) ?? all[0];
}

function expectedOf(release: Release | undefined, tpm: TpmEvidence): readonly ExpectedPcr[] {
  const booted = bootedOf(release, 'sha256', tpm.pcrs.sha256?.get(4));
  if (booted === undefined) return [];
  const values = registers.map(
    (pcr) => ({ bank: 'sha256', pcr: Number(pcr), value: hexToBytes(booted[pcr]) }) as const,
  );
  return [...values, { bank: 'sha256', pcr: alwaysZero, value: zeroRegister.sha256 }];
}

function judgeNitro(
  statement: string,
  { nitroTpm, configuration }: Evidence,
  now: number,
  { release, roots, pinned }: HardwareContext,
): Judged<NitroCheckName> {
  if (nitroTpm === undefined) return { checks: [], worth: 'none' };
  const root = decodeStatement(statement)?.fields.challengeRoot;
  const measured = configuration === undefined ? undefined : utf8ToBytes(configuration);
  const decoded = decodeNitroDocument(nitroTpm, 'nitrotpm');
  const document = decoded.ok ? decoded.value.document : undefined;
  const [anchor] = document?.cabundle ?? [];
  const checks = verifyNitroDocument(nitroTpm, {
    source: 'nitrotpm',
    roots: [...pinned.nitro, ...roots.map(digestOf)],
    now,
    // A statement that cannot be read has no root, and nothing is made over 0 bytes.
    nonce: root === undefined ? new Uint8Array() : hexToBytes(root),
    identity: attestedIdentity(statement, measured),
    pcrs: nitroPcrs(release, document?.pcrs ?? new Map(), measured),
    measured: nitroTpmMeasured,
  });
  if (checks.some(({ outcome }) => outcome !== 'pass')) return { checks, worth: 'refused' };
  return { checks, worth: anchor !== undefined && pinned.nitro.includes(digestOf(anchor)) ? 'pinned' : 'test' };
}

function nitroPcrs(
  release: Release | undefined,
  shown: ReadonlyMap<number, Uint8Array>,
  configuration: Uint8Array | undefined,
): ReadonlyMap<number, Uint8Array> {
  const booted = bootedOf(release, 'sha384', shown.get(4));
  if (booted === undefined) return new Map();
  const values = registers.map((pcr): [number, Uint8Array] => [Number(pcr), hexToBytes(booted[pcr])]);
  const eighth = configuration === undefined ? zeroRegister.sha384 : pcr8(configuration).sha384;
  const last: [number, Uint8Array][] = shown.has(alwaysZero) ? [[alwaysZero, zeroRegister.sha384]] : [];
  return new Map([...values, [8, eighth], ...last]);
}
