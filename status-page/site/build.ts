import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { build } from 'vite';
import { type Answer, answerNames } from './answer.ts';
import type { SiteAssets } from './assets.ts';

/*
 * The build of the page's own files: script and stylesheet by Vite, the cards as they are kept. Their names have the hash of
 * their bytes; the same sources give the same files.
 */

const here = import.meta.dirname;

/** Of the sources in `folder`. */
export async function buildAssets(folder: string = here): Promise<SiteAssets> {
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      assetsDir: 'assets',
      // Hashes of the whole, so that a name stands for its bytes.
      rolldownOptions: {
        input: join(folder, 'browser/page.ts'),
        output: {
          entryFileNames: 'assets/page-[hash:16].js',
          chunkFileNames: 'assets/[name]-[hash:16].js',
          assetFileNames: 'assets/[name]-[hash:16][extname]',
        },
      },
      modulePreload: false,
      cssCodeSplit: false,
      sourcemap: false,
      minify: true,
      reportCompressedSize: false,
    },
    worker: {
      format: 'es',
      rolldownOptions: { output: { entryFileNames: 'assets/[name]-[hash:16].js' } },
    },
  });
  const files = new Map<string, Uint8Array>();
  let [style, script] = ['', ''];
  for (const { output } of Array.isArray(built) ? built : 'output' in built ? [built] : []) {
    for (const part of output) {
      files.set(part.fileName, part.type === 'chunk' ? utf8ToBytes(part.code) : bytesOf(part.source));
      if (part.type === 'chunk' && part.isEntry) script = part.fileName;
      if (part.fileName.endsWith('.css')) style = part.fileName;
    }
  }
  if (style === '' || script === '') throw new Error('the build of the page gave no stylesheet or no script');
  const cards: Partial<Record<Answer['name'], string>> = {};
  for (const [name, bytes] of keptCards(join(folder, 'cards'))) {
    const path = `assets/card-${name}-${bytesToHex(sha256(bytes)).slice(0, 16)}.png`;
    cards[name] = path;
    files.set(path, bytes);
  }
  return { style, script, cards, files };
}

const bytesOf = (source: string | Uint8Array): Uint8Array =>
  typeof source === 'string' ? utf8ToBytes(source) : source;

export const cardsFolder = resolve(here, 'cards');

function keptCards(cardsFolder: string): readonly (readonly [Answer['name'], Uint8Array])[] {
  const kept = new Set(readdirSync(cardsFolder));
  return answerNames
    .filter((name) => kept.has(`${name}.png`))
    .map((name) => [name, new Uint8Array(readFileSync(join(cardsFolder, `${name}.png`)))] as const);
}
