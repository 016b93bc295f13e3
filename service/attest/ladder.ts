import { readPublicDescriptor, type StatementFields } from '../bitcoin/index.ts';
import type { Level } from './levels.ts';

/* What a verification comes to, in words: how far it got, what that is worth, and what of the wallet is proven (docs/verify.md). */

export const levelNames: Readonly<Record<Level, string>> = {
  none: 'nothing proven',
  L1: 'key holder',
  L2: 'self-reported, NOT ATTESTED',
  L3: 'attested by a vTPM',
  L4: 'attested by EC2 NitroTPM',
};

/** What may honestly be said there. */
export const claims: Readonly<Record<Level, string>> = {
  none: 'Nothing that this machine says was proven.',
  L1: 'Whoever answers there holds the key of the wallet. What runs there was not shown, or is not what a release says.',
  L2: 'Whoever answers there holds the key of the wallet, and says that it runs this release. A machine that lies says so too.',
  L3: 'The maker of its TPM says that the machine which holds this key booted this release.',
  L4: 'AWS says that the instance which holds this key booted this release, and was given no other words at its start.',
};

/** What is not proven even so; the first are the most important. */
export const unproven: Readonly<Record<Level, readonly string[]>> = {
  none: ['anything'],
  L1: ['which program runs there', 'that the key is given to a winner'],
  L2: ['that the machine runs what it says', 'that nobody else holds the key', 'that it is given to a winner'],
  L3: ['that who runs the virtual TPM is honest', 'what happened in the machine since it booted'],
  L4: ['that AWS is honest, and its hardware sound', 'what happened in the machine since it booted'],
};

export interface WalletPromise {
  readonly proven: boolean;
  readonly words: string;
  /** Why it is only a promise. */
  readonly because: string | undefined;
}

/** Of a statement that holds. Nothing but a vault in an attested image keeps an operator from taking the coins. */
export function walletPromise(fields: StatementFields, level: Level, refused: boolean): WalletPromise {
  const descriptor = readPublicDescriptor(fields.wallet.descriptor);
  const height = descriptor?.kind === 'vault' ? descriptor.refund.height : undefined;
  const because = reasonAgainst(fields, level, refused, height);
  if (because === undefined)
    return { proven: true, words: `the operator cannot take it before block ${height}`, because };
  const words = `the operator promises not to take it${height === undefined ? '' : ` before block ${height}`}`;
  return { proven: false, words, because };
}

function reasonAgainst(
  { keyOrigin, recovery }: StatementFields,
  level: Level,
  refused: boolean,
  height: number | undefined,
): string | undefined {
  if (height === undefined) return 'it is no vault: whoever has the key can spend it';
  if (keyOrigin !== 'measured-image') return `its key was not made in a measured image (${keyOrigin})`;
  if (recovery !== 'none') return 'a copy of the key exists';
  if (level !== 'L4') return 'nothing shows that the key was made in the image: that takes L4';
  return refused ? 'a check failed' : undefined;
}
