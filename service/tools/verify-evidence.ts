import { setTimeout as wait } from 'node:timers/promises';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { literal, nullable, object, pipe, regex, safeParse, string } from 'valibot';
import { decodeEvidence, statementName } from '../attest/evidence.ts';
import { credentialLength, encodeCredentialRequest, makeCredential } from '../attest/tpm-credential.ts';
import type { Observation, Verification } from '../attest/verification.ts';
import { attestationKeyName } from '../attest/verify-evidence.ts';
import { decodeCertificate } from '../x509/index.ts';
import { answerOf, seconds } from './challenge.ts';

/* What hardware says, fetched: evidence of a statement, and what a TPM makes of a credential. Judged elsewhere. */

const pollMilliseconds = 200;

/** What waits is given up after `patience` milliseconds: a TPM that hangs takes its evidence from the machine, and not the rest. */
export interface Asked {
  readonly base: URL;
  readonly patience: number;
  readonly signal: AbortSignal;
  /** The User-Agent. */
  readonly agent?: string;
}

/** Undefined where the machine has none of this statement. Rejects with an Unanswered. */
export async function evidenceOf(asked: Asked, statement: string): Promise<Observation['evidence']> {
  const text = await once(asked, `/evidence/${bytesToHex(statementName(statement))}`);
  return text === undefined ? undefined : { text, received: seconds() };
}

const ticketDocument = object({ url: pipe(string(), regex(/^\/credential\/[0-9a-f]{16}-[0-9]{1,15}$/)) });
const credentialDocument = object({
  format: literal('btc-pinata/credential/v1'),
  secret: nullable(pipe(string(), regex(/^[0-9a-f]{64}$/))),
});

/**
 * Has the TPM open a credential that is made to the endorsement key of its certificate, whoever issued that. Undefined where
 * the evidence names no such key.
 */
export async function credentialOf(
  asked: Asked,
  evidence: Observation['evidence'],
): Promise<Verification['credential']> {
  const decoded = evidence === undefined ? undefined : decodeEvidence(evidence.text);
  const tpm = decoded?.ok === true ? decoded.value.tpm : undefined;
  const certificate = tpm?.ekCertificate === undefined ? undefined : decodeCertificate(tpm.ekCertificate);
  if (tpm === undefined || certificate?.ok !== true) return undefined;
  const name = attestationKeyName(tpm.akPublic);
  if (!name.ok) return undefined;
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const sent = random(credentialLength);
  const made = makeCredential(certificate.value.publicKey, name.value, {
    credential: sent,
    seed: random(32),
    oaepSeed: random(32),
  });
  if (!made.ok) return undefined;
  const posted = await taken(asked, encodeCredentialRequest(made.value));
  const text = posted === undefined ? undefined : await once(asked, posted);
  const answer = safeParse(credentialDocument, parsed(text ?? ''));
  const secret = answer.success ? answer.output.secret : null;
  return { sent, answered: secret === null ? undefined : hexToBytes(secret) };
}

/** The path of its ticket; undefined where credentials are not taken. One is opened a second: whoever is told so asks again. */
async function taken({ base, patience, signal, agent }: Asked, request: Uint8Array): Promise<string | undefined> {
  const late = performance.now() + patience;
  while (performance.now() < late) {
    const { status, text } = await answerOf(new URL('/credential', base), request, signal, agent);
    const ticket = safeParse(ticketDocument, parsed(text));
    if (status === 202) return ticket.success ? ticket.output.url : undefined;
    if (status !== 429 && status !== 503) return undefined;
    await wait(1000, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** What is there once it is no longer being made; undefined where there is nothing, or too late. */
async function once({ base, patience, signal, agent }: Asked, path: string): Promise<string | undefined> {
  const late = performance.now() + patience;
  while (performance.now() < late) {
    const { status, text } = await answerOf(new URL(path, base), undefined, signal, agent);
    if (status === 200) return text;
    if (status !== 202) return undefined;
    await wait(pollMilliseconds, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
