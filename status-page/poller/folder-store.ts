import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  checkedKey,
  inOrder,
  longestObject,
  type Put,
  type Store,
  type Stored,
  StoreFailure,
  type Version,
} from './store.ts';

/**
 * A folder as a store. A file is there as a whole or not at all: it is written beside its place and renamed into it. One process
 * holds a folder at a time; within it, conditions are looked at and met one write after the other.
 */
export class FolderStore implements Store {
  readonly #folder: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: string): Promise<Stored | undefined> {
    const bytes = await this.#read(join(this.#folder, checkedKey(key)));
    return bytes && { bytes, version: versionOf(bytes) };
  }

  put(key: string, bytes: Uint8Array, { ifVersion }: Put): Promise<Version | 'conflict'> {
    const path = join(this.#folder, checkedKey(key));
    const turn = this.#last.then(async (): Promise<Version | 'conflict'> => {
      const there = ifVersion === 'any' ? undefined : await this.#read(path);
      const version = there && versionOf(there);
      const holds =
        ifVersion === 'any' || (ifVersion === 'absent' ? version === undefined : version === ifVersion.version);
      if (!holds) return 'conflict';
      await write(path, bytes);
      return versionOf(bytes);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async list(prefix: string): Promise<readonly string[]> {
    const names = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw failure(this.#folder, error);
    });
    return names
      .filter((entry) => entry.isFile() && !entry.name.endsWith(unfinished))
      .map((entry) => join(entry.parentPath, entry.name).slice(this.#folder.replace(/\/+$/, '').length + 1))
      .filter((key) => key.startsWith(prefix))
      .toSorted(inOrder);
  }

  async #read(path: string): Promise<Uint8Array | undefined> {
    try {
      const file = await open(path);
      try {
        const { size } = await file.stat();
        if (size > longestObject)
          throw new StoreFailure(`${path} has ${size} bytes; at most ${longestObject} are read`);
        return new Uint8Array(await file.readFile());
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error instanceof StoreFailure ? error : failure(path, error);
    }
  }
}

const unfinished = '.unfinished';

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}${unfinished}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw failure(path, error);
  }
}

/** Of the content: the same content again is the same version, and nothing is lost by that. */
const versionOf = (bytes: Uint8Array): Version => `"${createHash('sha256').update(bytes).digest('hex')}"`;

const failure = (path: string, error: unknown): StoreFailure =>
  new StoreFailure(`${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`);

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
