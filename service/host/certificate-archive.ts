import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { GenerationView } from '../site/index.ts';
import { openDataFolder } from './folder.ts';
import { UnusableSetting } from './unstartable.ts';

/*
 * `--data DIR`: the certificates of every generation, so that those of an earlier process stay published too (design
 * §4.4). They are what everybody may see; no key of theirs is ever in that folder.
 */

const certificate = v.object({
  pem: v.pipe(v.string(), v.startsWith('-----BEGIN CERTIFICATE-----'), v.maxLength(8192)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  notBefore: v.pipe(v.number(), v.safeInteger()),
  notAfter: v.pipe(v.number(), v.safeInteger()),
});
const leaf = v.object({ ...certificate.entries, role: v.picklist(['server', 'client', 'website', 'test']) });
const authority = v.object({ authority: certificate, leaves: v.array(leaf) });
const generationSchema = v.object({
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  bounty: authority,
  website: authority,
});

const fileOf = ({ number }: GenerationView): string => `generation-${String(number).padStart(6, '0')}.json`;
const named = /^generation-[0-9]{6,}\.json$/;

export class CertificateArchive {
  readonly #folder: string;
  readonly archived: readonly GenerationView[];

  /** Throws if the folder cannot be made or read, or if a file in it is not what was written: that is no detail. */
  constructor(data: string) {
    this.#folder = join(data, 'certificates');
    const files = openDataFolder(data, this.#folder).filter((name) => named.test(name));
    this.archived = files
      .map((name) => readGeneration(data, join(this.#folder, name)))
      .toSorted((a, b) => b.number - a.number);
  }

  get nextNumber(): number {
    return (this.archived[0]?.number ?? 0) + 1;
  }

  /** Whole or not at all: a reader never sees half a file. */
  keep(generation: GenerationView): void {
    const path = join(this.#folder, fileOf(generation));
    writeFileSync(`${path}.new`, `${JSON.stringify(generation)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function readGeneration(data: string, path: string): GenerationView {
  try {
    return v.parse(generationSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UnusableSetting(
      '--data',
      `${JSON.stringify(data)}: ${path} is not a generation that was kept there${code}`,
      'a directory without that file, or a new one',
    );
  }
}
