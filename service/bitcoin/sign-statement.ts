import { signSimple } from './bip322.ts';
import { publicDescriptor, readPublicDescriptor } from './descriptor.ts';
import { type StatementText, statementBytes } from './statement.ts';
import type { WalletKey } from './wallet-key.ts';

/** 32 bytes that the nonce depends on beside the key and the text (RFC 6979 §3.6; aux_rand of BIP-340). */
export const hedgeLength = 32;

/**
 * The only signature that leaves this folder (BIP-322, simple): over a statement, and over nothing else that a caller could
 * hand in. Throws a TypeError on whatever is not a StatementText, and a RangeError on one about another wallet.
 */
export function signStatement(key: WalletKey, statement: StatementText, hedge: Uint8Array): string {
  const message = statementBytes(statement);
  if (hedge.length !== hedgeLength) throw new RangeError(`a hedge of ${hedge.length} bytes; ${hedgeLength} are wanted`);
  const descriptor = readPublicDescriptor(statement.fields.wallet.descriptor);
  const refund = descriptor?.kind === 'vault' ? descriptor.refund : undefined;
  if (publicDescriptor(key.publicKey, refund) !== statement.fields.wallet.descriptor) {
    throw new RangeError('the statement is about another wallet than the one whose key was to sign it');
  }
  return signSimple(key, refund, message, hedge);
}
