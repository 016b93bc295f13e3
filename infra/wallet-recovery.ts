import { closeSync, fsyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { type Recovery, releasePayload } from '../service/bitcoin/index.ts';
import { readPrivateFile } from '../service/host/private-file.ts';
import type { OpenedWallet } from '../service/host/sealed-wallet.ts';
import { Unstartable } from '../service/host/unstartable.ts';

/*
 * The recovery copy of a classic wallet: what a winner gets, encrypted to the age recipient of the operator. It is made
 * once, by whoever makes the key; the service never makes one, and age is no part of it.
 */

/** The copy, as armoured text. Throws where age knows no such recipient. */
export async function recoveryCopyFor({ key, wallet }: OpenedWallet, recipient: Recovery): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new Unstartable(`--recovery: age takes no recipient ${recipient}; wanted is what age-keygen prints: age1...`);
  }
  const payload = releasePayload(key, wallet)();
  const encrypted = await encrypter.encrypt(payload);
  payload.fill(0);
  return new TextEncoder().encode(armor.encode(encrypted));
}

const longestCopy = 65_536;

/** The text that a winner gets. The caller zeroes it. Throws a text for people, which quotes nothing of either file. */
export async function openRecoveryCopy(path: string, identityFile: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(readIdentity(identityFile));
  } catch (error) {
    throw error instanceof Unstartable ? error : notAnIdentity(identityFile);
  }
  const copy = readCopy(path);
  try {
    return await decrypter.decrypt(copy);
  } catch {
    throw new Unstartable(
      `${JSON.stringify(path)} cannot be decrypted: it is for another identity, or it was changed or cut short`,
    );
  }
}

/** A string, as age wants it: it is not the wallet's key, and the process is over soon. */
function readIdentity(path: string): string {
  const allowed = 'an age identity file, with a line AGE-SECRET-KEY-1...';
  const bytes = readPrivateFile({ named: '--identity', path, longest: 16_384, allowed });
  const identities = String.fromCharCode(...bytes).match(/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/gm) ?? [];
  bytes.fill(0);
  const [identity] = identities;
  if (identity === undefined || identities.length > 1) throw notAnIdentity(path);
  return identity;
}

const notAnIdentity = (path: string): Unstartable =>
  new Unstartable(`--identity: ${JSON.stringify(path)} has no one line that is an age identity, AGE-SECRET-KEY-1...`);

function readCopy(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Unstartable(`${JSON.stringify(path)}, the recovery copy, cannot be read (${codeOf(error)})`);
  }
  if (bytes.length > longestCopy)
    throw new Unstartable(`${JSON.stringify(path)} has ${bytes.length} bytes, and is no recovery copy`);
  const text = new TextDecoder('latin1').decode(bytes);
  try {
    return text.startsWith('-----BEGIN AGE') ? armor.decode(text) : bytes;
  } catch {
    throw new Unstartable(`${JSON.stringify(path)} is no recovery copy: its armour is broken, or it was cut short`);
  }
}

/** A new file of its owner alone, on the disk once this returns. */
export function writeNew(path: string, bytes: Uint8Array): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'EEXIST' ? 'is there already, and is not overwritten' : `cannot be written (${code})`;
    throw new Unstartable(`${JSON.stringify(path)} ${why}; give another name`);
  }
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } catch (error) {
    unlinkSync(path);
    throw new Unstartable(`${JSON.stringify(path)} cannot be written (${codeOf(error)}); nothing is left of it`);
  } finally {
    closeSync(descriptor);
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'failed');
