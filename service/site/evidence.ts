import { json } from './json.ts';

/*
 * What hardware says, beside what the wallet's key says: GET /evidence/HASH, by the SHA-256 of a statement; POST /credential
 * and GET /credential/ID, by which a verifier binds the attestation key to the chip. A machine without a TPM has none of
 * them. Nothing here is a secret: what comes out of a credential is what its sender put into it.
 */

export const credentialPath = '/credential';

/** Where evidence is found, and credentials are left to be opened. */
export interface EvidenceStore {
  /** Of the statement of this name: its JSON, or that it is still being made. Undefined: there is none, or none any more. */
  readonly evidence: (statementSha256: string) => 'waiting' | { readonly text: string } | undefined;
  readonly credentials: {
    /** Bytes of one; undefined: none are taken. */
    readonly length: number | undefined;
    /** The id of its ticket; undefined where as many wait as are opened in time. */
    readonly take: (request: Uint8Array) => string | undefined;
    /** `secret` is hex, and undefined where the credential was not for this machine. */
    readonly find: (id: string) => 'waiting' | { readonly secret: string | undefined } | undefined;
  };
}

export const noEvidence: EvidenceStore = {
  evidence: () => undefined,
  credentials: { length: undefined, take: () => undefined, find: () => undefined },
};

interface Accepted {
  readonly status: 202;
  readonly text: string;
}

/** What came out of a credential. */
export interface CredentialDocument {
  readonly format: 'btc-pinata/credential/v1';
  /** 64 hex digits; null: it is not for this TPM with this attestation key. */
  readonly secret: string | null;
}

const pending = (url: string): Accepted => ({ status: 202, text: `${json({ ready: false, url }, 2)}\n` });

/** Too many of one origin: 429. Too many of all: 503. */
export function postCredential(
  { credentials }: EvidenceStore,
  request: Uint8Array,
  { mayChallenge }: { readonly mayChallenge: () => boolean },
): Accepted | { readonly status: 429 | 503 } {
  if (mayChallenge() !== true) return { status: 429 };
  const id = credentials.take(request);
  if (id === undefined) return { status: 503 };
  return { status: 202, text: `${json({ id, ready: false, url: `${credentialPath}/${id}` }, 2)}\n` };
}

/** Undefined for a path that is none of these. */
export function evidenceAt(
  store: EvidenceStore,
  path: string,
): Accepted | { readonly status: 200; readonly text: string } | { readonly status: 404 } | undefined {
  const [, name] = /^\/evidence\/([0-9a-f]{64})$/.exec(path) ?? [];
  if (name !== undefined) {
    const found = store.evidence(name);
    if (found === undefined) return { status: 404 };
    return found === 'waiting' ? pending(path) : { status: 200, text: found.text };
  }
  const [, id] = /^\/credential\/([0-9a-f]{16}-(?:0|[1-9][0-9]{0,14}))$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const found = store.credentials.find(id);
  if (found === undefined) return { status: 404 };
  if (found === 'waiting') return pending(path);
  const document: CredentialDocument = { format: 'btc-pinata/credential/v1', secret: found.secret ?? null };
  return { status: 200, text: `${json(document, 2)}\n` };
}
