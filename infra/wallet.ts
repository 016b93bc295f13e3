import { unlinkSync, writeSync } from 'node:fs';
import { entropy } from '../service/host/entropy.ts';
import { openDataFolder } from '../service/host/folder.ts';
import { makeWallet } from '../service/host/open-wallet.ts';
import { hasSealedWallet, type Seal, sealWallet, showSealedWallet } from '../service/host/sealed-wallet.ts';
import { Unstartable, UnusableSetting } from '../service/host/unstartable.ts';
import { keepingOf } from '../service/host/wallet-settings.ts';
import { Misuse } from '../service/tools/command-words.ts';
import { type NewWallet, parseWalletOptions, type RecoverWallet, type ShowWallet } from './wallet-options.ts';
import { openRecoveryCopy, recoveryCopyFor, writeNew } from './wallet-recovery.ts';
import { walletText } from './wallet-text.ts';

/** `btc-pinata wallet`: the exit status is that of its usage text. */
export async function walletCommand(argv: readonly string[]): Promise<number> {
  try {
    const options = parseWalletOptions(argv);
    switch (options.verb) {
      case 'new':
        await makeNew(options);
        break;
      case 'show':
        show(options);
        break;
      case 'recover':
        await recover(options);
        break;
      default:
        throw new TypeError(`${String(options satisfies never)} is no verb`);
    }
    return 0;
  } catch (error) {
    if (error instanceof Misuse) {
      console.error(`btc-pinata wallet: ${error.message}\n\`btc-pinata wallet --help\` says more.`);
      return 2;
    }
    // Only what was written for people is said; the message of anything else might quote what it must not.
    if (!(error instanceof Unstartable)) throw error;
    console.error(`btc-pinata wallet: ${error.message}`);
    return error instanceof UnusableSetting ? 2 : 1;
  }
}

async function makeNew({ configuration, data, recovery, recoveryCopy, json }: NewWallet): Promise<void> {
  if (hasSealedWallet(data))
    throw new UnusableSetting(
      '--data',
      `${JSON.stringify(data)} has a wallet already, which is never overwritten`,
      'another directory',
    );
  const made = makeWallet(configuration, entropy, recovery);
  const { key, wallet } = made;
  try {
    openDataFolder(data, data);
    // The copy first: a wallet that says it has one never lacks it.
    if (recovery !== 'none') writeNew(recoveryCopy, await recoveryCopyFor(made, recovery));
    try {
      sealWallet(data, made, sealOf(configuration), entropy);
    } catch (error) {
      // What it is a copy of is gone.
      if (recovery !== 'none') unlinkSync(recoveryCopy);
      throw error;
    }
  } finally {
    key.destroy();
  }
  show({ verb: 'show', data, json });
  if (recovery !== 'none' && !json)
    console.log(
      `\nThe recovery copy is ${recoveryCopy}. Keep it, and its identity, on another machine than the service's.`,
    );
  if (wallet.kind === 'vault' && !json)
    console.log('\nBefore you fund it, make sure that your own wallet can sign for the refund key.');
}

function sealOf(configuration: NewWallet['configuration']): Seal {
  const keeping = keepingOf(configuration);
  if (keeping.type !== 'sealed') throw new TypeError('flags that seal a wallet were read as others');
  return keeping.seal;
}

function show({ data, json }: ShowWallet): void {
  const found = showSealedWallet(data);
  if (found === undefined) {
    const problem = `${JSON.stringify(data)} has no wallet.sealed`;
    throw new UnusableSetting('--data', problem, 'the directory that `wallet new` or the service made it in');
  }
  const { wallet, seal } = found;
  console.log(json ? JSON.stringify({ ...wallet, sealedBy: seal.method }) : walletText(wallet, seal.method));
}

async function recover({ identity, copy, out }: RecoverWallet): Promise<void> {
  const payload = await openRecoveryCopy(copy, identity);
  try {
    if (out === undefined) writeSync(1, payload);
    else {
      writeNew(out, payload);
      console.log(`The key is in ${out}. \`btc-pinata claim\` reads it; delete the file once the coins are moved.`);
    }
  } finally {
    payload.fill(0);
  }
}
