import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'postject';
import { hardeningFlags } from '../hardening.ts';
import { finished } from './finished.ts';

/*
 * One file to run: Node's own binary with the bundle in a section of it (Node's single executable applications). Plain: a
 * snapshot or a code cache would differ from build to build.
 */

/** What tells Node that there is something in the section. It is of Node's documentation and a part of the binary. */
const sentinelFuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * The executable for the platform of `node`, the path of a Node binary, which also prepares what is put into it: a blob of
 * one version of Node is read by no other.
 */
export async function executable(bundle: Uint8Array, node: string): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-executable-'));
  try {
    writeFileSync(join(folder, 'btc-pinata.cjs'), bundle);
    // Names without a folder: they are written into the blob.
    const configuration = {
      main: 'btc-pinata.cjs',
      output: 'blob',
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      execArgv: hardeningFlags,
      // NODE_OPTIONS could open an inspector, and that would see the key.
      execArgvExtension: 'none',
    };
    writeFileSync(join(folder, 'configuration.json'), JSON.stringify(configuration));
    await finished(node, ['--experimental-sea-config', 'configuration.json'], { cwd: folder, env: {} });
    const path = join(folder, 'btc-pinata');
    copyFileSync(node, path);
    chmodSync(path, 0o755);
    await quietly(() => inject(path, 'NODE_SEA_BLOB', readFileSync(join(folder, 'blob')), { sentinelFuse }));
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** postject warns of notes without a name, which Node's binary has and which do no harm. */
async function quietly(act: () => Promise<void>): Promise<void> {
  const { log, warn, error } = console;
  const drop = (...words: readonly unknown[]): void => {
    if (!/^warning: Can't find string offset/.test(String(words[0]))) warn(...words);
  };
  Object.assign(console, { log: drop, warn: drop, error: drop });
  try {
    await act();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
