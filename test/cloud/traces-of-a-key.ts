import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { createBase58check } from '@scure/base';
import { formsOfKey } from '../support/forms-of-a-key.ts';

/* Where a key is that was learned at the end, in whatever form, among all that a deployment wrote and a cloud was told. */

export class TracesOfKey {
  readonly #forms: readonly (readonly [string, Buffer])[];

  /** Of a compressed key, as WIF. */
  constructor(wif: string) {
    const [, ...scalar] = createBase58check(sha256).decode(wif).slice(0, 33);
    if (scalar.length !== 32) throw new Error('this is the WIF of no compressed key');
    this.#forms = formsOfKey(Uint8Array.from(scalar), wif);
  }

  /** Which forms of it are there. */
  in(bytes: Buffer): readonly string[] {
    return this.#forms.filter(([, form]) => bytes.includes(form)).map(([name]) => name);
  }

  /** Paths of the files below a folder that have it. */
  below(folder: string): readonly string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => this.in(readFileSync(path)).length > 0)
      .map((path) => relative(folder, path))
      .toSorted();
  }
}
