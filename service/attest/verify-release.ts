import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Check, Checklist } from './check.ts';
import { readFunding } from './funding-commitment.ts';
import { JsonFields, Malformed } from './json-fields.ts';
import { type MinisignKey, nameOf, verifyMinisign } from './minisign.ts';
import { readTimestamp } from './open-timestamps.ts';
import { decodeRelease, type Release } from './release.ts';
import type { Verification } from './verification.ts';

/* The release that a piñata is held against: its form, who signed it, since when it exists, and who built it again. */

/** What a verifier has from elsewhere, and not from the machine or from a file. */
export interface ReleaseTrust {
  /** Of the owner of the releases. */
  readonly key: MinisignKey | undefined;
  /** The text of the release that it has to be; undefined: the one that was looked at is the verifier's own. */
  readonly release: string | undefined;
}

const table = {
  'release-form': {
    proves: 'all that is taken for granted stands in one file, in the one form that it can have',
    unproven: 'that others know the same file: compare its SHA-256',
  },
  'release-signature': {
    proves: 'the owner of the key that you named signed this release',
    unproven: 'that it is what its source says: `btc-pinata rebuild` tells',
  },
  rebuilt: {
    proves: 'the program of this release is made from its source: the file that you gave says that it was built again',
    unproven: 'that whoever wrote that file did so: build it yourself, or see who signed it',
  },
  timestamp: {
    proves: 'the release existed before that block',
    unproven: 'that it was published then',
  },
  funding: {
    proves: 'whoever funded the wallet named this release in the same transaction',
    unproven: 'that the transaction is in the chain: an explorer says so, a node of your own knows',
  },
} as const;

export type ReleaseCheckName = keyof typeof table;

export interface JudgedRelease {
  readonly checks: readonly Check<ReleaseCheckName>[];
  /** SHA-256 of its text. */
  readonly sha256: string;
  readonly release: Release | undefined;
  readonly signature: 'signed' | 'UNSIGNED' | 'signature not checked';
}

/** Where a verifier has none, nothing is held against it, and no machine can be said to run it. */
export const noRelease: Verification['release'] = { text: '', minisig: undefined, timestamp: undefined };

/** `address` is the wallet's, `build` what the machine says that it runs: of a statement whose signature holds. Total. */
export function verifyRelease(
  given: Pick<Verification, 'release' | 'rebuilt' | 'headers' | 'funding'>,
  said: { readonly address: string; readonly build: string } | undefined,
  trust: ReleaseTrust,
): JudgedRelease {
  const list = new Checklist(table);
  const { text, minisig, timestamp } = given.release;
  const digest = sha256(utf8ToBytes(text));
  const hash = bytesToHex(digest);
  const decoded = decodeRelease(text);
  const release = 'fault' in decoded ? undefined : decoded;
  const words = release === undefined ? 'it is no release' : `${release.version}, SHA-256 ${hash}`;
  if (text === noRelease.text) list.unchecked('release-form', 'there is no release here: --release FILE names one');
  else list.enter('release-form', release !== undefined, 'fault' in decoded ? decoded.fault : words);
  if (trust.release !== undefined && trust.release !== text)
    list.enter('release-form', false, `it is another than the one that you named: SHA-256 ${hash}`);

  const signature = judgeSignature(list, text, minisig, trust.key);
  judgeRebuilt(list, given.rebuilt, hash, said?.build);
  judgeTimestamp(list, timestamp, digest, given.headers);
  judgeFunding(list, given.funding, text, said?.address);
  return { checks: list.list(), sha256: hash, release, signature };
}

type List = Checklist<ReleaseCheckName>;

function judgeSignature(
  list: List,
  text: string,
  minisig: string | undefined,
  key: MinisignKey | undefined,
): JudgedRelease['signature'] {
  if (minisig === undefined) {
    // Who names a key wants a signature.
    if (key !== undefined) list.enter('release-signature', false, 'UNSIGNED: no .minisig beside the release');
    else list.unchecked('release-signature', 'UNSIGNED: no .minisig beside the release');
    return 'UNSIGNED';
  }
  if (key === undefined) {
    list.unchecked('release-signature', 'there is a .minisig, and no key to check it with: --key FILE');
    return 'signature not checked';
  }
  const signed = verifyMinisign(utf8ToBytes(text), minisig, key);
  list.enter(
    'release-signature',
    signed.valid,
    signed.valid ? `by key ${nameOf(key.id)}: ${signed.trustedComment}` : signed.fault,
  );
  return signed.valid ? 'signed' : 'UNSIGNED';
}

function judgeRebuilt(list: List, text: string | undefined, release: string, build: string | undefined): void {
  if (text === undefined) return list.unchecked('rebuilt', 'not checked here: run btc-pinata rebuild');
  const rebuilt = readRebuilt(text);
  if (typeof rebuilt === 'string') return void list.enter('rebuilt', false, rebuilt);
  if (rebuilt.release !== release) return void list.enter('rebuilt', false, 'it is about another release');
  if (rebuilt.differing > 0)
    return void list.enter('rebuilt', false, `${rebuilt.differing} files came out differently when it was built again`);
  const has = build !== undefined && rebuilt.same.includes(build);
  const rest = rebuilt.notBuilt.length === 0 ? '' : `; not built again: ${rebuilt.notBuilt.join(', ')}`;
  const count = `${rebuilt.same.length} files came out the same, bit for bit${rest}`;
  list.enter('rebuilt', has, has ? count : `${count}, and what runs there is none of them`);
}

interface Rebuilt {
  readonly release: string;
  readonly same: readonly string[];
  readonly differing: number;
  /** Names. */
  readonly notBuilt: readonly string[];
}

function readRebuilt(text: string): Rebuilt | string {
  try {
    const keys = ['format', 'version', 'commit', 'release', 'same', 'differing', 'notBuilt'];
    const fields = new JsonFields(JSON.parse(text), 'it', keys);
    if (fields.value('format') !== 'btc-pinata/rebuilt/v1')
      return 'it is not what `btc-pinata rebuild --attest` writes';
    const same = fields
      .list('same', 1000)
      .map((file) => bytesToHex(new JsonFields(file, 'a file', ['name', 'sha256']).hex('sha256', 32)));
    const notBuilt = fields
      .list('notBuilt', 1000)
      .map((name) => new JsonFields({ name }, 'a file', ['name']).string('name', 80));
    const differing = fields.list('differing', 1000).length;
    return { release: bytesToHex(fields.hex('release', 32)), same, differing, notBuilt };
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    return 'it is no JSON';
  }
}

function judgeTimestamp(
  list: List,
  bytes: Uint8Array | undefined,
  digest: Uint8Array,
  headers: ReadonlyMap<number, Uint8Array>,
): void {
  if (bytes === undefined) return list.unchecked('timestamp', 'no .ots beside the release');
  const stamp = readTimestamp(bytes);
  if ('fault' in stamp) return void list.enter('timestamp', false, stamp.fault);
  if (!equalBytes(stamp.file, digest)) return void list.enter('timestamp', false, 'it is of another file');
  const blocks = stamp.attestations.flatMap((found) => (found.type === 'bitcoin' ? [found] : []));
  const [earliest] = blocks.toSorted((a, b) => a.height - b.height);
  if (earliest === undefined) return list.unchecked('timestamp', 'it waits for a block: ots upgrade');
  const header = headers.get(earliest.height);
  const root = bytesToHex(earliest.merkleRoot.toReversed());
  if (header === undefined)
    return list.unchecked('timestamp', `block ${earliest.height}, if its Merkle root is ${root}: --esplora URL asks`);
  const same = equalBytes(merkleRootOf(header), earliest.merkleRoot);
  const block = bytesToHex(sha256(sha256(header)).toReversed());
  list.enter(
    'timestamp',
    same,
    same
      ? `before block ${earliest.height}, ${block}`
      : `block ${earliest.height} has another Merkle root than ${root}`,
  );
}

/** Of a header of 80 bytes, as it is serialized. */
const merkleRootOf = (header: Uint8Array): Uint8Array => header.subarray(36, 68);

function judgeFunding(list: List, funding: Verification['funding'], text: string, address: string | undefined): void {
  if (funding === undefined) return list.unchecked('funding', 'no --funding TXID');
  const read = address === undefined ? undefined : readFunding(funding.transaction, address, text);
  if (read === undefined) return void list.enter('funding', false, 'there is no signed address that it could pay');
  if (!read.ok) return void list.enter('funding', false, read.fault);
  const { txid, paysAddress, commits } = read.value;
  const where =
    funding.height === undefined ? 'not in a block yet' : `in block ${funding.height}, as the explorer says`;
  const problem = paysAddress
    ? commits
      ? undefined
      : 'has no OP_RETURN that commits to this release'
    : 'does not pay the wallet';
  list.enter('funding', problem === undefined, problem === undefined ? `${txid}, ${where}` : `${txid} ${problem}`);
}
