import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { removeWholeFile, writeWholeFile } from './whole-file.ts';

/* Small documents beside the state: what a run that is killed must leave to the next one. */

/** Undefined where there is none. Throws a Refusal for one that cannot be read: it is never taken for none. */
export function readNote<Schema extends v.GenericSchema>(
  folder: string,
  name: string,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    return v.parse(schema, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${path} cannot be read: ${why}. It was written by another version or changed by hand: bring back the file as it was`,
    );
  }
}

export const writeNote = (folder: string, name: string, note: object): void =>
  writeWholeFile(folder, name, `${JSON.stringify(note, undefined, 2)}\n`);

/** It may be gone already. */
export const removeNote = (folder: string, name: string): void => removeWholeFile(folder, name);
