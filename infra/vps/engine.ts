import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Refusal } from '../claim/refusal.ts';
import { cacheFolder } from '../image/inputs.ts';
import { wordOf } from './failures.ts';
import type { VpsProvider } from './inputs.ts';
import { engine, type Pinned, type Platform, platforms, plugins } from './pinned.ts';

/*
 * The pinned engine and plugin, fetched once and kept in the cache. Nothing of an archive is unpacked, let alone run, before
 * all of it has the hash that was pinned; and a folder appears under its name only when it is whole.
 */

export interface Engine {
  /** `bin/pulumi` is below it. */
  readonly root: string;
  /** PULUMI_HOME: `plugins` is below it. */
  readonly home: string;
}

export interface FetchOptions {
  /** Where all of it is kept. */
  readonly folder?: string;
  readonly platform?: string;
  /** Where an archive is to be had instead of its own address. */
  readonly from?: (pinned: Pinned, platform: Platform) => string;
  /** Bytes of the archive that have come, and of how many, if that is known. */
  readonly onProgress?: (pinned: Pinned, bytes: number, of: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/** Throws a Refusal: no archive for this machine, not reachable, or not the one that was pinned. */
export async function fetchEngine(provider: VpsProvider, options: FetchOptions = {}): Promise<Engine> {
  const folder = options.folder ?? join(cacheFolder(), 'pulumi');
  const platform = platformOf(options.platform ?? `${process.platform}-${process.arch}`);
  const root = join(folder, `engine-v${engine.version}-${platform}`);
  const home = join(folder, `home-${platform}`);
  const { name, version } = plugins[provider];
  // The archive of the engine has one folder, `pulumi`; that of a plugin has none.
  await fetched(engine, platform, join(root, 'bin'), ['--strip-components=1'], options);
  await fetched(plugins[provider], platform, join(home, 'plugins', `resource-${name}-v${version}`), [], options);
  return { root, home };
}

function platformOf(name: string): Platform {
  const found = platforms.find((one) => one === name);
  if (found !== undefined) return found;
  throw new Refusal(
    `there is no engine of Pulumi for ${name} among those that are pinned (${platforms.join(', ')}): run this on one of these, or take --host ec2, which needs none`,
  );
}

async function fetched(
  pinned: Pinned,
  platform: Platform,
  folder: string,
  unpackOptions: readonly string[],
  options: FetchOptions,
): Promise<void> {
  if (existsSync(folder)) return;
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const unfinished = mkdtempSync(join(parent, '.unfinished-'));
  try {
    const archive = join(unfinished, 'archive.tar.gz');
    const url = options.from?.(pinned, platform) ?? pinned.url(platform);
    const found = await downloaded(url, archive, pinned, options);
    const wanted = pinned.sha256[platform];
    if (found !== wanted) {
      throw new Refusal(
        `${url} has SHA-256 ${found}, and what is pinned has ${wanted}: it was not unpacked. If your network puts something in between, go around it; if not, do not go on, and tell us`,
      );
    }
    const contents = join(unfinished, 'contents');
    mkdirSync(contents);
    await promisify(execFile)('tar', ['-xzf', archive, '-C', contents, ...unpackOptions]);
    renameSync(contents, folder);
  } catch (error) {
    // Another run may have been first: what it put there had the same hash.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Returns the SHA-256 of what came. */
async function downloaded(
  url: string,
  path: string,
  pinned: Pinned,
  { onProgress, signal }: FetchOptions,
): Promise<string> {
  const hash = createHash('sha256');
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok || response.body === null) {
      throw new Refusal(`${url} answered ${response.status}: ${pinned.name} ${pinned.version} cannot be fetched`);
    }
    const length = response.headers.get('content-length');
    const of = length === null ? undefined : Number(length);
    let bytes = 0;
    const measured = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        onProgress?.(pinned, bytes, of);
        done(null, chunk);
      },
    });
    await pipeline(response.body, measured, createWriteStream(path));
  } catch (error) {
    if (error instanceof Refusal || signal?.aborted === true) throw error;
    throw new Refusal(
      `${pinned.name} ${pinned.version} could not be fetched from ${url} (${wordOf(error)}): look at the network, and run this again`,
      { cause: error },
    );
  }
  return hash.digest('hex');
}
