import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeEvidence, statementName } from '../attest/evidence.ts';
import { type Credential, credentialRequestLength, decodeCredentialRequest } from '../attest/tpm-credential.ts';
import type { EvidenceStore } from '../site/index.ts';
import type { Attester } from './attester.ts';
import { type Log, originOf } from './log.ts';

/*
 * What a TPM is asked for: a quote for each statement, so one a second at most, and one credential a second. Both are
 * bounded in number, in what waits and in what is remembered: a TPM that hangs costs the page nothing but its evidence.
 */

export const evidenceLimits = {
  /** Documents, and outcomes of credentials, that are remembered: some minutes, at one a second. */
  remembered: 128,
  /** Statements that wait for their quote; one more has none. */
  quotes: 4,
  /** Credentials that wait; whoever comes then is told to come again. */
  credentials: 8,
  /** Milliseconds between two credentials. */
  credentialEvery: 1000,
} as const;

export interface EvidenceOptions {
  readonly attester: Attester;
  readonly entropy: (length: number) => Uint8Array;
  readonly log: Log;
}

export class HostEvidence {
  readonly #options: EvidenceOptions;
  readonly #prefix: string;
  readonly #documents = new Map<string, 'waiting' | { readonly text: string }>();
  readonly #outcomes = new Map<number, 'waiting' | { readonly secret: string | undefined }>();
  readonly #waiting: { readonly ticket: number; readonly credential: Credential }[] = [];
  #quotes = 0;
  #tickets = 0;
  #timer: NodeJS.Timeout | undefined;
  #opening = false;
  #stopped = false;

  constructor(options: EvidenceOptions) {
    this.#options = options;
    this.#prefix = bytesToHex(options.entropy(8));
  }

  readonly store: EvidenceStore = {
    evidence: (name) => this.#documents.get(name),
    credentials: {
      length: credentialRequestLength,
      take: (request) => this.#take(request),
      find: (id) => {
        const [prefix, ticket] = id.split('-');
        return prefix === this.#prefix ? this.#outcomes.get(Number(ticket)) : undefined;
      },
    },
  };

  /** Has the TPM quote it. Never throws: a statement without evidence is a statement all the same. */
  attest(statement: string): void {
    const { attester, log } = this.#options;
    if (this.#stopped) return;
    if (this.#quotes >= evidenceLimits.quotes) {
      log('quote_omitted', { waiting: this.#quotes });
      return;
    }
    const name = bytesToHex(statementName(statement));
    this.#quotes++;
    remember(this.#documents, name, 'waiting');
    attester
      .attest(statement)
      .then((evidence) => {
        remember(this.#documents, name, { text: encodeEvidence(evidence) });
      })
      .catch((error: unknown) => {
        this.#documents.delete(name);
        // The texts of a TPM's errors are ours, and hold no secret.
        log('quote_failed', error instanceof Error ? { why: error.message } : originOf(error));
      })
      .finally(() => {
        this.#quotes--;
      });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Undefined where too many wait. One whose sizes are wrong has its outcome at once. */
  #take(request: Uint8Array): string | undefined {
    if (this.#stopped || this.#waiting.length >= evidenceLimits.credentials) return undefined;
    const ticket = this.#tickets++;
    const credential = decodeCredentialRequest(request);
    if (credential.ok) {
      remember(this.#outcomes, ticket, 'waiting');
      this.#waiting.push({ ticket, credential: credential.value });
      this.#next();
    } else remember(this.#outcomes, ticket, { secret: undefined });
    return `${this.#prefix}-${ticket}`;
  }

  #next(): void {
    if (this.#opening || this.#timer !== undefined || this.#stopped) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#opening = true;
    this.#options.attester
      .activate(first.credential)
      .then((secret) => {
        remember(this.#outcomes, first.ticket, { secret: secret === undefined ? undefined : bytesToHex(secret) });
      })
      .catch((error: unknown) => {
        this.#outcomes.delete(first.ticket);
        this.#options.log('credential_failed', error instanceof Error ? { why: error.message } : originOf(error));
      })
      .finally(() => {
        this.#opening = false;
        if (this.#stopped) return;
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#next();
        }, evidenceLimits.credentialEvery);
        this.#timer.unref();
      });
  }
}

/** The oldest is forgotten first. What is there already keeps its place. */
function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > evidenceLimits.remembered && oldest !== undefined) map.delete(oldest);
}
