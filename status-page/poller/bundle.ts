import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildAssets } from '../site/build.ts';
import { encodeSiteFiles } from './site-files.ts';

/* The asset of the Lambda: the poller as one file, and the page's own files beside it. The same sources give the same bytes. */

export const pollerFolder = resolve(import.meta.dirname, '../dist/poller');

/** Writes `poller.mjs` and `site-files.json` into `out`, and nothing else is in it then. */
export async function bundlePoller(out: string = pollerFolder): Promise<void> {
  const assets = await buildAssets();
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'poller.ts')],
    absWorkingDir: resolve(import.meta.dirname, '../..'),
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    // The SDK has parts in CommonJS, which ask for Node's own modules by `require`.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('esbuild gave no bundle of the poller');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'poller.mjs'), bundle.contents);
  await writeFile(join(out, 'site-files.json'), encodeSiteFiles(assets));
}

// `node status-page/poller/bundle.ts [FOLDER]`
if (import.meta.main) await bundlePoller(process.argv[2]);
