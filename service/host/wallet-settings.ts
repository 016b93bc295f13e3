import { type NetworkName, readRefundKey } from '../bitcoin/index.ts';
import type { Seal } from './sealed-wallet.ts';
import type { Configuration } from './settings.ts';

/* What the settings of the wallet say together: what it is, where its key comes from, and what keeps the key. */

type WalletSettings = Pick<
  Configuration,
  | 'network'
  | 'wallet'
  | 'refundKey'
  | 'refundHeight'
  | 'keyFile'
  | 'keyCredential'
  | 'ephemeral'
  | 'sealPassphraseFile'
  | 'sealSystemdCreds'
  | 'data'
>;

/** `ephemeral`: made at start and gone with the process; `chosen` where the operator said so, and it is no preset. */
export type Keeping =
  | { readonly type: 'ephemeral'; readonly chosen: boolean }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'credential'; readonly name: string }
  | { readonly type: 'sealed'; readonly data: string; readonly seal: Seal };

/** Where coins are worth something, or others see them, nothing is taken for granted that cannot be changed later. */
const practice = (network: NetworkName): boolean => network === 'regtest';

const handedIn = ({ keyFile, keyCredential }: WalletSettings): boolean =>
  keyFile !== undefined || keyCredential !== undefined;

/** A key that is handed in can be a classic wallet's alone; elsewhere than on regtest all others say what they are. */
export const kindOf = (settings: WalletSettings): 'classic' | 'vault' => settings.wallet ?? 'classic';

export function refundOf({ refundKey, refundHeight }: WalletSettings) {
  const read = refundKey === undefined ? undefined : readRefundKey(refundKey);
  if (typeof read !== 'object' || refundHeight === undefined)
    throw new TypeError('a vault without a refund was let through');
  return { height: refundHeight, publicKey: read.publicKey };
}

export function keepingOf(settings: WalletSettings): Keeping {
  const { keyFile, keyCredential, sealPassphraseFile, sealSystemdCreds, data = '' } = settings;
  if (keyFile !== undefined) return { type: 'file', path: keyFile };
  if (keyCredential !== undefined) return { type: 'credential', name: keyCredential };
  if (sealPassphraseFile !== undefined)
    return { type: 'sealed', data, seal: { type: 'passphrase', file: sealPassphraseFile } };
  if (sealSystemdCreds) return { type: 'sealed', data, seal: { type: 'systemd-creds' } };
  return { type: 'ephemeral', chosen: settings.ephemeral === true };
}

/** Empty if all is well. */
export function walletProblems(settings: WalletSettings): readonly string[] {
  return [...kindProblems(settings), ...refundProblems(settings), ...keepingProblems(settings)];
}

function kindProblems(settings: WalletSettings): readonly string[] {
  const { network, wallet } = settings;
  if (wallet === 'vault' && handedIn(settings)) {
    return [
      `${handedInBy(settings)}: not allowed with --wallet vault, whose key is made inside and known to nobody; allowed: --wallet classic`,
    ];
  }
  if (wallet !== undefined || practice(network) || handedIn(settings)) return [];
  return [
    `--network: "${network}" needs --wallet: a vault shows on the chain who took the coins, a classic wallet can be swept by every program; allowed: --wallet classic, --wallet vault`,
  ];
}

function refundProblems(settings: WalletSettings): readonly string[] {
  const { refundKey, refundHeight } = settings;
  if (kindOf(settings) === 'classic') {
    return [
      ...(refundKey === undefined ? [] : ['--refund-key: a classic wallet has no refund; allowed with --wallet vault']),
      ...(refundHeight === undefined
        ? []
        : ['--refund-height: a classic wallet has no refund; allowed with --wallet vault']),
    ];
  }
  return [
    ...(refundKey === undefined ? ['--wallet: "vault" needs --refund-key, a public key of a wallet of yours'] : []),
    ...(refundHeight === undefined
      ? ['--wallet: "vault" needs --refund-height, the block from which on you may take the coins back']
      : []),
  ];
}

function keepingProblems(settings: WalletSettings): readonly string[] {
  const { network, keyFile, keyCredential, ephemeral, sealPassphraseFile, sealSystemdCreds, data } = settings;
  const sealedBy = [
    ...(sealPassphraseFile === undefined ? [] : ['--seal-passphrase-file']),
    ...(sealSystemdCreds ? ['--seal-systemd-creds'] : []),
  ];
  const given = [
    ...(keyFile === undefined ? [] : ['--key-file']),
    ...(keyCredential === undefined ? [] : ['--key-credential']),
    ...sealedBy,
    ...(ephemeral === true ? ['--ephemeral'] : []),
  ];
  if (given.length > 1) return [`${given.join(' and ')}: each says where the key is from; allowed: one of them`];
  if (given.length === 0 && !practice(network)) {
    const imported = kindOf(settings) === 'vault' ? '' : '--key-file, --key-credential, ';
    return [
      `--network: "${network}" needs to be told what keeps the key; allowed, one of them: ${imported}--seal-passphrase-file, --seal-systemd-creds, or --ephemeral, which forgets it when the process ends`,
    ];
  }
  if (sealedBy.length > 0 && data === undefined)
    return [`${sealedBy.join()}: needs --data, the directory in which the sealed key is kept`];
  return [];
}

const handedInBy = ({ keyFile }: WalletSettings): string => (keyFile === undefined ? '--key-credential' : '--key-file');
