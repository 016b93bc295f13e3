import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { networks, type PublicWallet, publicWallet, UnusableKey, WalletKey } from '../bitcoin/index.ts';
import { secretToSeal } from '../bitcoin/sealing.ts';
import { openDataFolder } from './folder.ts';
import { readPrivateFile, withoutWaiting } from './private-file.ts';
import { openPassphraseSeal, preparePassphraseSeal } from './seal-passphrase.ts';
import { openSystemdSeal, systemdSeal } from './seal-systemd.ts';
import {
  decodeSealedWallet,
  encodeHead,
  encodeSealedWallet,
  longestSealedFile,
  type SealedWallet,
  type SealedWalletFault,
  termsOf,
} from './sealed-wallet-format.ts';
import { Unstartable, UnusableSetting } from './unstartable.ts';

/*
 * The wallet's key at rest: `wallet.sealed` in the folder of `--data`. It is written once, whole or not at all, before
 * anybody hears of the address, and never again.
 */

/** How a key is sealed. The passphrase is read when it is needed. */
export type Seal = { readonly type: 'passphrase'; readonly file: string } | { readonly type: 'systemd-creds' };

export interface OpenedWallet {
  readonly key: WalletKey;
  readonly wallet: PublicWallet;
}

const fileName = 'wallet.sealed';
const sealedFile = (data: string): string => join(data, fileName);

export const hasSealedWallet = (data: string): boolean => existsSync(sealedFile(data));

/** Throws an UnusableSetting where the folder has a wallet already: what is in it is left as it is. */
export function sealWallet(
  data: string,
  { key, wallet }: OpenedWallet,
  seal: Seal,
  entropy: (length: number) => Uint8Array,
): void {
  openDataFolder(data, data);
  if (hasSealedWallet(data)) throw occupied(data);
  const prepared = seal.type === 'passphrase' ? preparePassphraseSeal(readPassphrase(seal.file), entropy) : systemdSeal;
  const head = encodeHead(wallet, prepared.parameters);
  const file = encodeSealedWallet(head, prepared.seal(head, secretToSeal(key)));
  // What cannot be opened again must not be paid to.
  const opened = openSealed(data, decodeSealedWallet(file), seal);
  opened.key.destroy();
  writeOnce(data, file, entropy);
}

/** Undefined where the folder has none. Throws a text for people for everything that is wrong with it. */
export function openSealedWallet(data: string, seal: Seal): OpenedWallet | undefined {
  return hasSealedWallet(data) ? openSealed(data, readSealed(data), seal) : undefined;
}

/** What the file says of the wallet. It was not opened: nobody but the service vouches for it, when it does. */
export function showSealedWallet(data: string): Pick<SealedWallet, 'wallet' | 'seal'> | undefined {
  if (!hasSealedWallet(data)) return undefined;
  const found = readSealed(data);
  if (typeof found === 'string') throw damaged(data, found);
  return found;
}

function readSealed(data: string): SealedWallet | SealedWalletFault {
  const path = sealedFile(data);
  const descriptor = openFile(path);
  try {
    const { mode, size } = fstatSync(descriptor);
    if ((mode & 0o170_000) !== 0o100_000) {
      throw new Unstartable(`${path} is not a regular file, as the sealed key is; put back what was there`);
    }
    if ((mode & 0o077) !== 0) {
      throw new Unstartable(`${path} has mode ${(mode & 0o777).toString(8)}, others can get at it; chmod 600 it`);
    }
    return size > longestSealedFile ? 'unknown' : decodeSealedWallet(readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, withoutWaiting);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Unstartable(
      `${path}, which holds the sealed key, cannot be read (${code}); it should be this user's own`,
    );
  }
}

function openSealed(data: string, found: SealedWallet | SealedWalletFault, seal: Seal): OpenedWallet {
  if (typeof found === 'string') throw damaged(data, found);
  const key = keyOf(data, unsealed(data, found, seal));
  const { wallet } = found;
  // The head is authenticated; this is for a key that somebody else sealed under it.
  const derived = publicWallet(key, networks[wallet.network], termsOf(wallet));
  if (derived.descriptor !== wallet.descriptor) throw changed(data);
  return { key, wallet };
}

function unsealed(data: string, { seal: parameters, head, sealed }: SealedWallet, seal: Seal): Uint8Array {
  if (parameters.method === 'passphrase' && seal.type === 'passphrase') {
    const opened = openPassphraseSeal(parameters, readPassphrase(seal.file), head, sealed);
    if (opened === 'wrong_passphrase') {
      const problem = `the passphrase is not the one that ${sealedFile(data)} was sealed with`;
      throw new UnusableSetting('--seal-passphrase-file', problem, 'the file it was made with');
    }
    if (opened === 'changed') throw changed(data);
    return opened;
  }
  if (parameters.method === 'systemd-creds' && seal.type === 'systemd-creds') {
    const opened = openSystemdSeal(parameters, head, sealed);
    if (opened === 'changed') throw changed(data);
    return opened;
  }
  const [given, wanted] =
    seal.type === 'passphrase'
      ? ['--seal-passphrase-file', '--seal-systemd-creds']
      : ['--seal-systemd-creds', '--seal-passphrase-file FILE'];
  throw new UnusableSetting(given, `${sealedFile(data)} is sealed the other way`, wanted);
}

function keyOf(data: string, secret: Uint8Array): WalletKey {
  try {
    return WalletKey.fromSealed(secret);
  } catch (error) {
    throw error instanceof UnusableKey ? changed(data) : error;
  }
}

/** Short ones are guessed from a stolen file, whatever scrypt costs. */
const shortestPassphrase = 12;

function readPassphrase(path: string): Uint8Array {
  const named = '--seal-passphrase-file';
  const allowed = `a file of one line of ${shortestPassphrase} to 1024 bytes, such as \`head -c 24 /dev/urandom | base64\` prints`;
  const passphrase = readPrivateFile({ named, path, longest: 1024, allowed });
  if (passphrase.length >= shortestPassphrase) return passphrase;
  const { length } = passphrase.fill(0);
  throw new UnusableSetting(named, `the passphrase has ${length} bytes, which are soon guessed`, allowed);
}

/** A link fails where the name is taken: so the file is there whole, or not, and never in the place of another. */
function writeOnce(data: string, file: Uint8Array, entropy: (length: number) => Uint8Array): void {
  const path = sealedFile(data);
  const draft = `${path}.${Buffer.from(entropy(8)).toString('hex')}.new`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      for (let at = 0; at < file.length; ) at += writeSync(descriptor, file, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    linkSync(draft, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    if (code === 'EEXIST') throw occupied(data);
    throw new Unstartable(
      `${path}: the sealed key cannot be written (${code}); make room there, or give another --data`,
    );
  } finally {
    removeDraft(draft);
  }
  const folder = openSync(data, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function removeDraft(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // It may never have been made. What is left of one is sealed, and opens nothing that was ever paid to.
    if (!(error instanceof Error)) throw error;
  }
}

const occupied = (data: string): UnusableSetting =>
  new UnusableSetting('--data', `${sealedFile(data)} is there already, and is never overwritten`, 'another directory');

const lost = 'nothing was changed; restore it from a backup, or give another --data for a new wallet';

const changed = (data: string): Unstartable =>
  new Unstartable(`${sealedFile(data)} is not what was written: it was changed since it was sealed; ${lost}`);

function damaged(data: string, fault: SealedWalletFault): Unstartable {
  const path = sealedFile(data);
  switch (fault) {
    case 'truncated':
      return new Unstartable(`${path} is cut short; ${lost}`);
    case 'malformed':
      return changed(data);
    case 'unknown':
      return new Unstartable(`${path} is no sealed wallet of a version that this program knows; ${lost}`);
  }
}
