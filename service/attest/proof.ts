import { hexToBytes } from '@noble/hashes/utils.js';
import { longestPath, type PathStep } from './challenge-tree.ts';

/* The document of a proof (docs/proofs.md), as JSON. What is read here came from anybody. */

export const proofFormat = 'btc-pinata/proof/v1';

/** A signed statement. */
export interface Attestation {
  readonly format: typeof proofFormat;
  readonly statement: string;
  /** BIP-322, simple: `smp` and base64. */
  readonly signature: string;
}

/** A signed statement, and how a challenge leads to its root. Bytes are lower-case hex. */
export interface Proof extends Attestation {
  readonly challenge: string;
  /** From the leaf to the root. */
  readonly path: readonly { readonly side: 'left' | 'right'; readonly hash: string }[];
}

export const isProof = (document: Proof | Attestation): document is Proof => 'challenge' in document;

export const pathOf = ({ path }: Proof): readonly PathStep[] =>
  path.map(({ side, hash }) => ({ side, hash: hexToBytes(hash) }));

export const bytesOfHex32 = (text: string): Uint8Array | undefined =>
  /^[0-9a-f]{64}$/.test(text) ? hexToBytes(text) : undefined;

/** Longer than any: what is longer is not looked at. */
export const longestProof = 65_536;

/** A text that is no proof, and what is wrong with it. */
export interface NoProof {
  readonly fault: string;
}

/** Of JSON text. No key is missing, and none is there that the format does not have. */
export function decodeProof(text: string): Proof | Attestation | NoProof {
  if (text.length > longestProof) return { fault: `it is longer than ${longestProof} characters` };
  try {
    return readProof(JSON.parse(text));
  } catch {
    return { fault: 'it is no JSON' };
  }
}

/** Of a value that JSON.parse gave. */
export function readProof(value: unknown): Proof | Attestation | NoProof {
  const fields = entries(value);
  if (fields === undefined) return { fault: 'it is no object' };
  const format = fields.get('format');
  if (format !== proofFormat) return { fault: `its format is ${quoted(format)}; known is ${quoted(proofFormat)}` };
  const challenged = fields.has('challenge') || fields.has('path');
  const wanted = ['format', ...(challenged ? ['challenge', 'path'] : []), 'statement', 'signature'];
  const stray = [...fields.keys()].find((key) => !wanted.includes(key));
  if (stray !== undefined) return { fault: `it has a field ${quoted(stray)}, which the format does not have` };
  const [statement, signature] = [fields.get('statement'), fields.get('signature')];
  if (typeof statement !== 'string' || typeof signature !== 'string') {
    return { fault: 'statement and signature are to be strings' };
  }
  if (!challenged) return { format, statement, signature };
  const challenge = fields.get('challenge');
  if (!isHex32(challenge)) return { fault: 'its challenge is not 64 lower-case hex digits' };
  const path = readPath(fields.get('path'));
  return 'fault' in path ? path : { format, challenge, path: path.steps, statement, signature };
}

function readPath(value: unknown): NoProof | { readonly steps: Proof['path'] } {
  if (!Array.isArray(value) || value.length > longestPath) {
    return { fault: `its path is not a list of at most ${longestPath} steps` };
  }
  const steps: { side: 'left' | 'right'; hash: string }[] = [];
  for (const step of value) {
    const fields = entries(step);
    const [side, hash] = [fields?.get('side'), fields?.get('hash')];
    if (fields?.size !== 2 || (side !== 'left' && side !== 'right') || !isHex32(hash)) {
      return { fault: 'a step of its path is not a side, left or right, and a hash of 64 lower-case hex digits' };
    }
    steps.push({ side, hash });
  }
  return { steps };
}

const isHex32 = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

const entries = (value: unknown): ReadonlyMap<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : undefined;

/** What is quoted of a stranger's document: short, and no control sign as it is. */
const quoted = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 80).replace(/[^ -~]/g, '?');

/** A proof as JSON text. */
export const encodeProof = (document: Proof | Attestation): string => `${JSON.stringify(document, undefined, 2)}\n`;
