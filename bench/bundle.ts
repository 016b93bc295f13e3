import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The service in one file, as it is shipped: what main.ts reaches and nothing else. `dispose` removes it. */
export async function bundleService(): Promise<{ program: URL; dispose: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'pinata-bundle-'));
  const outfile = join(directory, 'btc-pinata.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../service/main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  });
  return { program: pathToFileURL(outfile), dispose: () => rmSync(directory, { recursive: true }) };
}
