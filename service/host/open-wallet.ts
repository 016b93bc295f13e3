import {
  networks,
  type PublicWallet,
  publicWallet,
  type Recovery,
  type Refund,
  WalletKey,
  type WalletTerms,
  walletKeyEntropyLength,
} from '../bitcoin/index.ts';
import { readKeyCredential, readKeyFile } from './key-file.ts';
import { hasSealedWallet, type OpenedWallet, openSealedWallet, sealWallet, showSealedWallet } from './sealed-wallet.ts';
import type { Configuration } from './settings.ts';
import { UnusableSetting } from './unstartable.ts';
import { keepingOf, kindOf, refundOf } from './wallet-settings.ts';

/** Its key is kept by the process, in one buffer, from here to its end. */
export interface KeptWallet extends OpenedWallet {
  /** Nothing keeps the key but this process. */
  readonly ephemeral: boolean;
}

/** From the settings to a wallet with its key: read, unsealed, or made. Throws texts for people, and loses nothing. */
export function openWallet(configuration: Configuration, entropy: (length: number) => Uint8Array): KeptWallet {
  const network = networks[configuration.network];
  const keeping = keepingOf(configuration);
  leaveSealedAlone(configuration.data, keeping.type === 'sealed' || (keeping.type === 'ephemeral' && keeping.chosen));
  const imported = { kind: 'classic', keyOrigin: 'imported', recovery: 'none' } as const;
  switch (keeping.type) {
    case 'file': {
      const key = readKeyFile(keeping.path, network);
      return { key, wallet: publicWallet(key, network, imported), ephemeral: false };
    }
    case 'credential': {
      const key = readKeyCredential(keeping.name, network);
      return { key, wallet: publicWallet(key, network, imported), ephemeral: false };
    }
    case 'ephemeral':
      return { ...makeWallet(configuration, entropy), ephemeral: true };
    case 'sealed': {
      const found = showSealedWallet(keeping.data);
      if (found !== undefined) expectTheSame(found.wallet, configuration, keeping.data);
      const opened = openSealedWallet(keeping.data, keeping.seal);
      if (opened !== undefined) return { ...opened, ephemeral: false };
      const made = makeWallet(configuration, entropy);
      sealWallet(keeping.data, made, keeping.seal, entropy);
      return { ...made, ephemeral: false };
    }
    default:
      throw new TypeError(`${String(keeping satisfies never)} keeps no key`);
  }
}

/** A new key, of this host. `recovery` is for a classic wallet alone. */
export function makeWallet(
  configuration: Configuration,
  entropy: (length: number) => Uint8Array,
  recovery: Recovery = 'none',
): OpenedWallet {
  const terms: WalletTerms =
    kindOf(configuration) === 'classic'
      ? { kind: 'classic', keyOrigin: 'host', recovery }
      : { kind: 'vault', keyOrigin: 'host', recovery: 'none', refund: refundOf(configuration) };
  const key = WalletKey.fromEntropy(entropy(walletKeyEntropyLength));
  return { key, wallet: publicWallet(key, networks[configuration.network], terms) };
}

/** Whoever kept a key there would think that it is the one in use. */
function leaveSealedAlone(data: string | undefined, meant: boolean): void {
  if (data === undefined || meant || !hasSealedWallet(data)) return;
  throw new UnusableSetting(
    '--data',
    `${JSON.stringify(data)} has a sealed wallet, and nothing says how to open it`,
    '--seal-passphrase-file FILE or --seal-systemd-creds; a directory without wallet.sealed; or --ephemeral, which leaves it alone',
  );
}

/** Each setting that another wallet would have. The one that is there stays as it is, and need not be opened to be told. */
function expectTheSame(wallet: PublicWallet, configuration: Configuration, data: string): void {
  const kind = kindOf(configuration);
  const wanted = kind === 'vault' ? refundOf(configuration) : undefined;
  const found = refundIn(wallet);
  const differing: readonly (readonly [flag: string, given: string | number, kept: string | number] | undefined)[] = [
    [`--network`, configuration.network, wallet.network],
    [`--wallet`, kind, wallet.kind],
    wanted && found && [`--refund-height`, wanted.height, found.height],
    wanted && found && [`--refund-key`, wanted.publicKey, found.publicKey],
  ];
  const first = differing.find((entry) => entry !== undefined && entry[1] !== entry[2]);
  if (first === undefined) return;
  const [flag, given, kept] = first;
  throw new UnusableSetting(
    flag,
    `${JSON.stringify(given)}, and the wallet that is sealed in ${JSON.stringify(data)} has ${JSON.stringify(kept)}`,
    `${flag} ${kept}, or another --data for another wallet; nothing was changed`,
  );
}

const refundIn = (wallet: PublicWallet): Refund | undefined => (wallet.kind === 'vault' ? wallet.refund : undefined);
