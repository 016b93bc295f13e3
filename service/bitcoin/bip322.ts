import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { decodeSegwitAddress, hash160, type WitnessProgram } from './address.ts';
import { witnessProgram } from './public-wallet.ts';
import { tapLeafHash, tweakedSecret } from './taproot.ts';
import { type Refund, refundScript } from './vault.ts';
import { sighashAll, signatureHashV0, signatureHashV1 } from './virtual-transactions.ts';
import { useSecret, type WalletKey } from './wallet-key.ts';

/*
 * BIP-322 v2.0.0, "simple": the witness of a virtual transaction, in base64, after `smp`. Signed and
 * verified for P2WPKH and the key path of P2TR. No way of signing a hash exists.
 */

const prefix = 'smp';

/** `inconclusive`: well-formed, and of a kind that is not judged here (another address, `ful`, `pof`), as the BIP allows. */
export type Verdict = 'valid' | 'invalid' | 'inconclusive';

/**
 * A statement that the holder of `key` signed `message`, for P2WPKH, or for the key path of the vault that `refund` makes of
 * it. `hedge`, 32 random bytes, makes the nonce depend on more than the key and the message; without it a signature is
 * deterministic (RFC 6979; BIP-340 with an aux_rand of zeros). Who calls this answers for the text: see attest/.
 */
export function signSimple(
  key: WalletKey,
  refund: Refund | undefined,
  message: Uint8Array,
  hedge?: Uint8Array,
): string {
  return prefix + base64.encode(encodeWitness(witness(key, refund, message, hedge)));
}

function witness(key: WalletKey, refund: Refund | undefined, message: Uint8Array, hedge: Uint8Array | undefined) {
  const { publicKey } = key;
  const program = witnessProgram(publicKey, refund);
  if (refund === undefined) {
    const digest = signatureHashV0(message, program);
    const signature = useSecret(key, (secret) =>
      secp256k1.sign(digest, secret, { prehash: false, lowS: true, format: 'der', extraEntropy: hedge ?? false }),
    );
    return [concatBytes(signature, Uint8Array.of(sighashAll)), publicKey];
  }
  const internalKey = publicKey.subarray(1);
  const digest = signatureHashV1(message, program, 0);
  const secret = useSecret(key, (given) => tweakedSecret(given, internalKey, tapLeafHash(refundScript(refund))));
  const signature = schnorr.sign(digest, secret, hedge ?? new Uint8Array(32));
  secret.fill(0);
  return [signature];
}

/** Total: never throws. A signature without a prefix is read as a simple one, as v1 of the BIP wrote them. */
export function verifySimple(address: string, message: Uint8Array, signature: string): Verdict {
  const program = decodeSegwitAddress(address);
  if (program === undefined) return 'inconclusive';
  if (/^(?:ful|pof)/.test(signature)) return 'inconclusive';
  const witness = decodeWitness(signature.startsWith(prefix) ? signature.slice(prefix.length) : signature);
  if (witness === undefined) return 'invalid';
  if (program.version === 0 && program.program.length === 20) return judge(p2wpkh(program, message, witness));
  if (program.version === 1 && program.program.length === 32) return p2tr(program, message, witness);
  return 'inconclusive';
}

const judge = (valid: boolean): Verdict => (valid === true ? 'valid' : 'invalid');

/** BIP-143, with BIP-66 and BIP-146: strict DER, low S. The public key is compressed, and the hash type SIGHASH_ALL. */
function p2wpkh(program: WitnessProgram, message: Uint8Array, witness: readonly Uint8Array[]): boolean {
  const [item, publicKey] = witness;
  if (witness.length !== 2 || item === undefined || publicKey?.length !== 33) return false;
  if (!sameBytes(hash160(publicKey), program.program) || item.at(-1) !== sighashAll) return false;
  const digest = signatureHashV0(message, program);
  return holds(() =>
    secp256k1.verify(item.subarray(0, -1), digest, publicKey, { prehash: false, lowS: true, format: 'der' }),
  );
}

/** BIP-341: the key path has one witness element, of 64 bytes or of 65 with a hash type. */
function p2tr(program: WitnessProgram, message: Uint8Array, witness: readonly Uint8Array[]): Verdict {
  const [item] = witness;
  if (item === undefined) return 'invalid';
  if (witness.length > 1) return 'inconclusive'; // a script path, or an annex
  if (item.length === 65 && item[64] !== sighashAll) return 'invalid';
  if (item.length !== 64 && item.length !== 65) return 'invalid';
  const digest = signatureHashV1(message, program, item.length === 64 ? 0 : sighashAll);
  return judge(holds(() => schnorr.verify(item.subarray(0, 64), digest, program.program)));
}

/** Noble refuses some malformed keys and signatures by throwing. */
function holds(verify: () => boolean): boolean {
  try {
    return verify() === true;
  } catch {
    return false;
  }
}

const encodeWitness = (items: readonly Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(items.length), ...items.flatMap((item) => [Uint8Array.of(item.length), item]));

/** BIP-144's witness stack. What is judged here has few and short elements: a CompactSize of one byte will do for all. */
function decodeWitness(text: string): readonly Uint8Array[] | undefined {
  const bytes = decodeBase64(text);
  const [count] = bytes ?? [];
  if (bytes === undefined || count === undefined || count === 0 || count > 0xfc) return undefined;
  const items: Uint8Array[] = [];
  let at = 1;
  for (let index = 0; index < count; index++) {
    const length = bytes[at];
    if (length === undefined || length > 0xfc || at + 1 + length > bytes.length) return undefined;
    items.push(bytes.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return at === bytes.length ? items : undefined;
}

function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length > 4096) return undefined;
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
