import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../infra/build/bundle.ts';

/** The service in one file: the bytes that a release has of this checkout. `dispose` removes it. */
export async function bundleService(): Promise<{ program: URL; dispose: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'pinata-bundle-'));
  const program = join(directory, 'btc-pinata.cjs');
  writeFileSync(program, (await bundle()).bytes);
  return { program: pathToFileURL(program), dispose: () => rmSync(directory, { recursive: true }) };
}
