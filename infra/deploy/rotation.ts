import * as v from 'valibot';
import type { Generation } from './generations.ts';
import { readNote, removeNote, writeNote } from './note.ts';

/*
 * Which generation a host had when `rotate` was begun. A run that is killed leaves this, so that the next one knows whether the
 * host was restarted: it is not restarted twice.
 */

const format = 'btc-pinata/rotation/v1';
const noteName = 'rotation.json';
const schema = v.strictObject({
  format: v.literal(format),
  before: v.strictObject({ address: v.string(), caSha256: v.string(), startedAt: v.string() }),
});

/** Undefined where none was begun, or the last one came to its end. Throws a Refusal for a note that cannot be read. */
export const begunRotation = (folder: string): Generation | undefined => readNote(folder, noteName, schema)?.before;

export const beginRotation = (folder: string, before: Generation): void =>
  writeNote(folder, noteName, { format, before });

export const endRotation = (folder: string): void => removeNote(folder, noteName);
