import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  decodeCertificate,
  distinguishedNameText,
  failure,
  type PublicKey,
  type Result,
  success,
} from '../x509/index.ts';
import { attestedIdentity } from './attested-identity.ts';
import { type Check, Checklist } from './check.ts';
import { endorsementProblem, verifyChain } from './endorsement-chain.ts';
import { type Evidence, statementName, type TpmEvidence } from './evidence.ts';
import { type ExpectedPcr, type QuoteCheckName, verifyQuote } from './quote.ts';
import type { ClockInfo } from './tpm-attest.ts';
import { TPM_ALG } from './tpm-constants.ts';
import { parseEventLog, replayDifferences } from './tpm-event-log.ts';
import { extended, isZero } from './tpm-pcr.ts';
import { nameOf, unmarshalPublic } from './tpm-public.ts';

/* What a TPM's part of a document of evidence is worth: the quote, the chip that it is of, and the log of the firmware. */

export interface TpmExpectations {
  /** The statement that was checked as a proof, with the visitor's challenge in it. */
  readonly statement: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** DER of the roots of makers of TPMs that the verifier trusts, and of certificates between them and the chip's. */
  readonly roots: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  /** What was put into the credential, and what came out of the machine. */
  readonly credential: { readonly sent: Uint8Array; readonly answered: Uint8Array | undefined } | undefined;
  readonly pcrs: readonly ExpectedPcr[];
  readonly earlier?: ClockInfo | undefined;
}

const table = {
  'evidence-statement': {
    proves: 'the evidence is about the statement that the wallet’s key signed',
    unproven: 'anything by itself',
  },
  endorsement: {
    proves: 'the endorsement key has a certificate of a maker whose root you named',
    unproven: 'that the maker, or who runs the virtual one, is honest: an operator’s own root proves nothing',
  },
  credential: {
    proves: 'the attestation key is in the same TPM as the endorsement key of the certificate',
    unproven: 'that the TPM is in the machine that you asked: the quote and the authorities on the ports tell',
  },
  configuration: {
    proves: 'the configuration that is shown is the one that was measured, and nothing beside it',
    unproven: 'that it is the one you would want: read it',
  },
  'event-log': {
    proves: 'the log of the firmware leads to the registers that were quoted',
    unproven: 'that what it tells of in words is what it hashed',
  },
} as const;

export type TpmCheckName = keyof typeof table | QuoteCheckName;

export interface JudgedTpm {
  readonly checks: readonly Check<TpmCheckName>[];
  readonly clockInfo: ClockInfo | undefined;
}

/** Total: nothing in the evidence makes it throw. */
export function verifyTpmEvidence(
  evidence: Evidence & { readonly tpm: TpmEvidence },
  expected: TpmExpectations,
): JudgedTpm {
  const list = new Checklist(table);
  const { tpm, statementSha256, configuration } = evidence;
  const same = equalBytes(statementSha256, statementName(expected.statement));
  list.enter('evidence-statement', same, bytesToHex(statementSha256));

  const chip = endorsementKey(tpm.ekCertificate, expected);
  list.enter('endorsement', chip.ok, chip.ok ? chip.value.subject : chip.fault);
  // What came out of a credential says something only where its certificate holds.
  if (!chip.ok) list.enter('credential', false, 'no certificate that holds, so nothing that it could be bound to');
  else judgeCredential(list, expected.credential);
  const measured = configuration === undefined ? undefined : utf8ToBytes(configuration);
  judgeConfiguration(list, measured, tpm.pcrs.sha256?.get(configurationPcr));
  judgeLog(list, tpm);

  const identity = attestedIdentity(expected.statement, measured);
  const quote = verifyQuote(tpm, { identity, pcrs: expected.pcrs, earlier: expected.earlier });
  return { checks: [...list.list(), ...quote.checks], clockInfo: quote.clockInfo };
}

export interface EndorsementKey {
  readonly publicKey: PublicKey;
  /** For people. */
  readonly subject: string;
}

/** The key of a certificate that leads to one of the roots, directly or by the certificates in between in some order. */
export function endorsementKey(
  certificate: Uint8Array | undefined,
  { roots, intermediates, now }: Pick<TpmExpectations, 'roots' | 'intermediates' | 'now'>,
): Result<EndorsementKey, string> {
  if (certificate === undefined) return failure('the TPM has no certificate of its endorsement key');
  const between = chainAbove(certificate, intermediates);
  const faults: string[] = [];
  for (const anchor of roots) {
    const leaf = verifyChain({ chain: [certificate, ...between], anchor, at: now });
    if (leaf.ok) {
      const problem = endorsementProblem(leaf.value);
      if (problem !== undefined) return failure(problem);
      const named = `${distinguishedNameText(leaf.value.subject) || 'no subject'}, under ${bytesToHex(sha256(anchor))}`;
      return success({ publicKey: leaf.value.publicKey, subject: named });
    }
    faults.push(leaf.fault);
  }
  return failure(faults.join('; ') || 'no root is trusted: name one of the maker of the TPM');
}

/** The given certificates that lead upwards by name, each at most once. */
function chainAbove(certificate: Uint8Array, intermediates: readonly Uint8Array[]): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  let below = decodeCertificate(certificate);
  for (const _ of intermediates) {
    if (!below.ok) break;
    const { issuer } = below.value;
    const next = intermediates.find((der) => {
      const candidate = decodeCertificate(der);
      return candidate.ok && equalBytes(candidate.value.subject, issuer) && !chain.includes(der);
    });
    if (next === undefined) break;
    chain.push(next);
    below = decodeCertificate(next);
  }
  return chain;
}

function judgeCredential(list: Checklist<keyof typeof table>, credential: TpmExpectations['credential']): void {
  if (credential === undefined) return list.unchecked('credential', 'none was sent');
  const { sent, answered } = credential;
  const same = answered !== undefined && equalBytes(sent, answered);
  list.enter('credential', same, same ? `${sent.length} bytes came out as they went in` : 'it did not come out');
}

const configurationPcr = 8;

function judgeConfiguration(
  list: Checklist<keyof typeof table>,
  measured: Uint8Array | undefined,
  value: Uint8Array | undefined,
): void {
  const zero = new Uint8Array(32);
  if (measured === undefined) {
    // A machine that shows none may have measured one all the same: then it hides it.
    if (value !== undefined && isZero(value))
      return list.unchecked('configuration', 'none is shown, and none was measured');
    list.enter('configuration', false, `none is shown, and PCR ${configurationPcr} is not zero, or not quoted`);
    return;
  }
  const expected = extended(TPM_ALG.SHA256, zero, sha256(measured));
  const same = value !== undefined && equalBytes(value, expected);
  list.enter(
    'configuration',
    same,
    same ? bytesToHex(sha256(measured)) : `PCR ${configurationPcr} was extended with something else`,
  );
}

function judgeLog(list: Checklist<keyof typeof table>, { eventLog, pcrs }: TpmEvidence): void {
  if (eventLog === undefined) return list.unchecked('event-log', 'none is shown');
  const log = parseEventLog(eventLog);
  if (!log.ok) {
    list.enter('event-log', false, log.fault);
    return;
  }
  // Those that the firmware extends; the others are extended by who comes later, and logs nothing there.
  const firmware = new Map([...(pcrs.sha256 ?? [])].filter(([pcr]) => pcr < 8));
  const differences =
    firmware.size === 0
      ? ['no register of the firmware is quoted']
      : replayDifferences(log.value, firmware, TPM_ALG.SHA256);
  list.enter('event-log', differences.length === 0, differences.join('; ') || `${log.value.events.length} events`);
}

/** What a credential for this evidence is made to: the Name of its attestation key. */
export function attestationKeyName(akPublic: Uint8Array): Result<Uint8Array, string> {
  const key = unmarshalPublic(akPublic);
  return key.ok ? success(nameOf(key.value)) : key;
}
