import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { type Deployment, decodeDeployment, encodeDeployment } from './deployment.ts';

/* deployment.json on disk. Whoever is killed while it is written leaves the old one or the new one, whole. */

export const stateName = 'deployment.json';

/** Undefined where there is none. Throws a Refusal for one that cannot be read: it is never taken for none. */
export function readDeployment(folder: string): Deployment | undefined {
  const path = join(folder, stateName);
  if (!existsSync(path)) return undefined;
  try {
    return decodeDeployment(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof v.ValiError ? issue(error) : error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${path} cannot be read: ${why}. It was written by another version or changed by hand: bring back the file as it was`,
    );
  }
}

const issue = ({ issues: [first] }: v.ValiError<v.GenericSchema>): string =>
  `${v.getDotPath(first) ?? 'the document'}: ${first.message}`;

/** Written beside it, flushed, renamed over it, and the folder flushed: in this order, a crash loses nothing that was reported. */
export function writeDeployment(folder: string, deployment: Deployment): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, stateName);
  const next = `${path}.next`;
  try {
    const descriptor = openSync(next, 'w', 0o600);
    try {
      writeWhole(descriptor, encodeDeployment(deployment));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  renameSync(next, path);
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** A full disk takes a part of it, and says how much. */
function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
