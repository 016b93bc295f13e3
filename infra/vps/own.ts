import { randomBytes } from 'node:crypto';
import * as v from 'valibot';

import { readNote, removeNote, writeNote } from '../deploy/note.ts';

/*
 * The id of one deployment, which is in the label of all that it makes. Two people who share an account, or one with two
 * computers, may both have a deployment of one name: what has another id is never touched.
 */

const format = 'btc-pinata/vps-own/v1';
const noteName = 'own.json';
const schema = v.strictObject({
  format: v.literal(format),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
});

/** Made once, and written down before anything is made with it. `folder`: that of the state. */
export function ownId(folder: string): string {
  const known = readNote(folder, noteName, schema);
  if (known !== undefined) return known.id;
  const id = randomBytes(8).toString('hex');
  writeNote(folder, noteName, { format, id });
  return id;
}

/** When nothing is left that has it. */
export const forgetOwnId = (folder: string): void => removeNote(folder, noteName);
