import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Check, Checklist } from './check.ts';
import { verifySign1 } from './cose.ts';
import { verifyChain } from './endorsement-chain.ts';
import { decodeNitroDocument, type NitroDocument, type NitroSource } from './nitro-document.ts';
import { isZero } from './tpm-pcr.ts';

/* An attestation document of AWS Nitro, judged as its makers say: root, chain, signature, freshness, registers. */

/** AWS Nitro Enclaves Root-G1, SHA-256 of its DER; it is published at aws-nitro-enclaves.amazonaws.com. */
export const nitroRootG1 = '641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b';

export interface NitroExpectations {
  readonly source: NitroSource;
  /** SHA-256 of the DER of the roots that are trusted, lower-case hex: `nitroRootG1`, or that of a test. */
  readonly roots: readonly string[];
  /** Seconds since 1970, by the verifier's clock, at which the document came in. */
  readonly now: number;
  /** The root of the challenges, with the verifier's in it. */
  readonly nonce: Uint8Array;
  /** Of attested-identity.ts. */
  readonly identity: Uint8Array;
  /** SHA-384; all of them must be in the document. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** Registers that are not zero on any machine that measures: a debug enclave has zeros, and so has a machine without measured boot. */
  readonly measured: readonly number[];
}

/** Boot loader and Secure Boot. */
export const nitroTpmMeasured: readonly number[] = [4, 7];

/** Seconds: an older document is an old boot's, or another visitor's. */
const freshness = 300;

const table = {
  'nitro-form': {
    proves: 'it is a COSE_Sign1 of ES384 around an attestation document, to the octet',
    unproven: 'who signed it',
  },
  'nitro-root': {
    proves: 'the first certificate of its bundle is the root that is pinned here',
    unproven: 'that AWS keeps the key of that root to itself',
  },
  'nitro-chain': {
    proves:
      'each certificate, in the order in which they stand, is by the one before, and was valid when the document was made',
    unproven: 'that none of them was revoked: AWS publishes no list for them',
  },
  'nitro-signature': {
    proves: 'the key of the last certificate signed the document: AWS says what stands in it',
    unproven: 'that AWS says the truth',
  },
  'nitro-time': {
    proves: 'the document is not older than five minutes, by AWS’s clock and yours',
    unproven: 'that it was made for you: the nonce tells',
  },
  'nitro-nonce': {
    proves: 'the document was made after your challenge',
    unproven: 'that the machine you asked made it: the identity tells',
  },
  'nitro-identity': {
    proves: 'the machine put this statement into it, with the wallet, both authorities and the build',
    unproven: 'that nobody passes your bytes on to it: compare the authorities with those on its ports',
  },
  'nitro-measured': {
    proves: 'the machine measures its boot: the registers of the boot loader and of Secure Boot are not zero',
    unproven: 'what was measured',
  },
  'nitro-pcrs': {
    proves: 'the machine booted what the release says, with the configuration that is shown and no other command line',
    unproven: 'what happened in it since: a boot is measured, not what runs',
  },
} as const;

export type NitroCheckName = keyof typeof table;

/** Total: nothing in the document makes it throw. */
export function verifyNitroDocument(bytes: Uint8Array, expected: NitroExpectations): readonly Check<NitroCheckName>[] {
  const list = new Checklist(table);
  const decoded = decodeNitroDocument(bytes, expected.source);
  list.enter('nitro-form', decoded.ok, decoded.ok ? decoded.value.document.moduleId : decoded.fault);
  if (!decoded.ok) return list.list();
  const { envelope, document } = decoded.value;

  const [root = new Uint8Array(), ...below] = document.cabundle;
  const rootHash = bytesToHex(sha256(root));
  if (!list.enter('nitro-root', expected.roots.includes(rootHash), rootHash)) return list.list();
  // The certificates live some three hours, and a document is kept for longer: they are judged at its own time.
  const at = Math.floor(document.timestamp / 1000);
  const leaf = verifyChain({ chain: [document.certificate, ...below.toReversed()], anchor: root, at });
  list.enter('nitro-chain', leaf.ok, leaf.ok ? `${document.cabundle.length} above the one that signed` : leaf.fault);
  if (!leaf.ok) return list.list();
  if (leaf.value.extensions.keyUsage?.includes('digitalSignature') !== true)
    list.enter('nitro-chain', false, 'the last certificate may not sign: keyUsage without digitalSignature');
  const holds = verifySign1(envelope, leaf.value.publicKey);
  if (!list.enter('nitro-signature', holds, holds ? 'ES384' : 'it is not by the key of the last certificate'))
    return list.list();

  const age = Math.floor(expected.now) - at;
  const fresh = age <= freshness && age >= -freshness;
  list.enter('nitro-time', fresh, `made ${age} seconds before it came; allowed are ${freshness}`);
  enterBytes(list, 'nitro-nonce', document.nonce, expected.nonce);
  enterBytes(list, 'nitro-identity', document.userData, expected.identity);
  judgeRegisters(list, document, expected);
  return list.list();
}

function enterBytes(
  list: Checklist<NitroCheckName>,
  name: 'nitro-nonce' | 'nitro-identity',
  found: Uint8Array | undefined,
  wanted: Uint8Array,
): void {
  const same = found !== undefined && equalBytes(found, wanted);
  const shown = found === undefined ? 'none' : bytesToHex(found);
  list.enter(name, same, same ? shown : `it holds ${shown}, expected ${bytesToHex(wanted)}`);
}

function judgeRegisters(
  list: Checklist<NitroCheckName>,
  { pcrs }: NitroDocument,
  { measured, pcrs: expected }: NitroExpectations,
): void {
  const zeros = measured.filter((pcr) => isZero(pcrs.get(pcr) ?? new Uint8Array()));
  const words =
    zeros.length === 0 ? `PCR ${measured.join(', ')}` : `PCR ${zeros.join(', ')} zero or missing: nothing was measured`;
  list.enter('nitro-measured', zeros.length === 0 && measured.length > 0, words);
  const problems = [...expected].flatMap(([pcr, value]) => {
    const actual = pcrs.get(pcr);
    if (actual !== undefined && equalBytes(actual, value)) return [];
    return [`PCR ${pcr} is ${actual === undefined ? 'missing' : bytesToHex(actual)}, expected ${bytesToHex(value)}`];
  });
  if (expected.size === 0) problems.push('no value is known that could be expected');
  list.enter('nitro-pcrs', problems.length === 0, problems.join('; ') || `PCR ${[...expected.keys()].join(', ')}`);
}
