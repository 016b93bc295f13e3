import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeInternetDate, encodeInternetDate } from '../bitcoin/internet-date.ts';

/*
 * An operator's notice that a bounty ends: which, from when on, and where the reason can be read. It is signed with the refund
 * key of the vault (BIP-340), which is x-only and lives where the piñata does not. One text for one notice, as with statements.
 */

export interface RetirementNotice {
  /** Of the deployment. */
  readonly name: string;
  readonly address: string;
  /** Whole seconds since 1970. */
  readonly announcedAt: number;
  readonly effectiveAt: number;
  /** An `https:` URL, or nothing. */
  readonly reason: string | undefined;
}

/** The document, as JSON: the text, and 64 bytes of signature as hex. */
export interface SignedRetirement {
  readonly format: typeof retirementFormat;
  readonly notice: string;
  readonly signature: string;
}

export const retirementFormat = 'btc-pinata/retirement/v1';
const textFormat = 'btc-pinata/retire/v1';
/** Of BIP-340's tagged hashes. */
const tag = 'btc-pinata/retire/v1';
/** Longer than any. */
export const longestRetirement = 4096;

const date = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z';
const pattern = new RegExp(
  `^${textFormat}\nname: ([0-9A-Za-z][ -~]{0,78}[!-~]|[0-9A-Za-z])\naddress: ((?:bc|tb|bcrt)1[02-9ac-hj-np-z]{6,87})\n` +
    `announced-at: (${date})\neffective-at: (${date})\nreason: (none|https://[!-~]{1,300})\n$`,
);

/** The text that is signed. Throws a RangeError for what cannot be said in it. */
export function encodeRetirementNotice(notice: RetirementNotice): string {
  const text = `${[
    textFormat,
    `name: ${notice.name}`,
    `address: ${notice.address}`,
    `announced-at: ${encodeInternetDate(notice.announcedAt)}`,
    `effective-at: ${encodeInternetDate(notice.effectiveAt)}`,
    `reason: ${notice.reason ?? 'none'}`,
  ].join('\n')}\n`;
  if (decodeRetirementNotice(text) === undefined) {
    throw new RangeError(
      'no notice says that: wanted are a name of 80 printable signs at most, a segwit address, an https: URL if any, and an effect that is not before the announcement',
    );
  }
  return text;
}

/** Undefined where it is not one, in the one form that it has. */
export function decodeRetirementNotice(text: string): RetirementNotice | undefined {
  const [, name, address, announced, effective, reason] = pattern.exec(text) ?? [];
  if (name === undefined || address === undefined || announced === undefined || effective === undefined)
    return undefined;
  const [announcedAt, effectiveAt] = [decodeInternetDate(announced), decodeInternetDate(effective)];
  if (announcedAt === undefined || effectiveAt === undefined || effectiveAt < announcedAt) return undefined;
  return { name, address, announcedAt, effectiveAt, reason: reason === 'none' ? undefined : reason };
}

/** What is signed: SHA-256(SHA-256(tag) || SHA-256(tag) || text), as BIP-340 makes tagged hashes. */
export function retirementDigest(text: string): Uint8Array {
  const tagged = sha256(utf8ToBytes(tag));
  return sha256(concatBytes(tagged, tagged, utf8ToBytes(text)));
}

/** `sign` gets the digest and gives a signature of BIP-340, 64 bytes: the key stays with whoever holds it. */
export function signRetirement(notice: RetirementNotice, sign: (digest: Uint8Array) => Uint8Array): SignedRetirement {
  const text = encodeRetirementNotice(notice);
  return { format: retirementFormat, notice: text, signature: bytesToHex(sign(retirementDigest(text))) };
}

export const encodeRetirement = (signed: SignedRetirement): string => `${JSON.stringify(signed, undefined, 2)}\n`;

/**
 * The notice in a document, if it is about this address and signed by this key (x-only, 64 hex digits); else what is wrong with
 * it. Total.
 */
export function readRetirement(
  text: string,
  expected: { readonly address: string; readonly refundKey: string },
): RetirementNotice | { readonly fault: string } {
  const signed = readSigned(text);
  if (signed === undefined) return { fault: `it is not in the format ${retirementFormat}` };
  const notice = decodeRetirementNotice(signed.notice);
  if (notice === undefined) return { fault: 'its text is no notice in the one form that it has' };
  if (notice.address !== expected.address) return { fault: `it is about ${notice.address}` };
  if (!verifies(signed, expected.refundKey)) return { fault: 'its signature is not of the refund key' };
  return notice;
}

function readSigned(text: string): Pick<SignedRetirement, 'notice' | 'signature'> | undefined {
  if (text.length > longestRetirement) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [format, notice, signature] = ['format', 'notice', 'signature'].map((key) => fields.get(key));
  if (fields.size !== 3 || format !== retirementFormat || typeof notice !== 'string') return undefined;
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) return undefined;
  return { notice, signature };
}

/** Noble refuses a key that is no point by throwing. */
function verifies({ notice, signature }: Pick<SignedRetirement, 'notice' | 'signature'>, refundKey: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(refundKey)) return false;
  try {
    return schnorr.verify(hexToBytes(signature), retirementDigest(notice), hexToBytes(refundKey)) === true;
  } catch {
    return false;
  }
}
