import { join } from 'node:path';
import { type Network, UnusableKey, WalletKey } from '../bitcoin/index.ts';
import { readPrivateFile } from './private-file.ts';
import { UnusableSetting } from './unstartable.ts';

/* A classic wallet's key that the operator hands in, as WIF: in a file, or as a credential of systemd. */

/** A WIF has 52 characters; the rest is for a line's end. */
const longest = 128;
const allowed = 'a file of one line of WIF, 51 or 52 characters';

/** Throws an UnusableSetting, which quotes nothing of what is in the file. */
export function readKeyFile(path: string, network: Network, named = '--key-file'): WalletKey {
  const text = readPrivateFile({ named, path, longest, allowed });
  try {
    return WalletKey.fromWif(text, network);
  } catch (error) {
    throw error instanceof UnusableKey ? new UnusableSetting(named, error.message, allowed) : error;
  }
}

/** Of `LoadCredential=` or `LoadCredentialEncrypted=` in the unit: systemd names the folder, we the file in it. */
export function readKeyCredential(
  name: string,
  network: Network,
  folder: string | undefined = process.env['CREDENTIALS_DIRECTORY'],
): WalletKey {
  const named = '--key-credential';
  if (folder === undefined) {
    const problem = `systemd handed over no credentials, ${JSON.stringify(name)} among them (CREDENTIALS_DIRECTORY is not set)`;
    throw new UnusableSetting(named, problem, `a name of LoadCredential= in the unit of this service`);
  }
  return readKeyFile(join(folder, name), network, named);
}
