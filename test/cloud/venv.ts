import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/*
 * The programs in Python that stand in for AWS and that read templates: ministack, moto, cfn-lint. They are in no package of
 * the repository. requirements.txt has the version and the SHA-256 of each file; the folder is named by the hash of it.
 */

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');

const name = () => `cloud-${createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)}`;
const folder = () => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'btc-pinata', name());

/** Their interpreter: each is started as a module of it, because the folder is moved once it is whole. */
export const cloudPython = (): string => join(folder(), 'bin/python');

export const hasCloud = (): boolean => existsSync(cloudPython());

/** A script of one of the packages: what `argv` of a process begins with. Their first lines name a folder that was moved. */
export const cloudScript = (name: 'cfn-lint'): readonly [string, string] => [
  cloudPython(),
  join(folder(), 'bin', name),
];

export const howToGetCloud =
  'npm run test:cloud -- --install (needs python3 with its module venv, and a registry of Python packages)';

/** Makes the folder, unless it is there: half a minute to two. One that was killed is left under another name. */
export async function installCloud(say: (line: string) => void): Promise<void> {
  if (hasCloud()) return;
  const place = folder();
  say(`${place}: ministack, moto and cfn-lint are installed`);
  await mkdir(dirname(place), { recursive: true });
  const aside = await mkdtemp(`${place}.`);
  try {
    await run('python3', ['-m', 'venv', aside]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
    await run(join(aside, 'bin/python'), [...pip, '-r', requirements], { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
  await rename(aside, place).catch(async (error: unknown) => {
    if (!hasCloud()) throw error;
    await rm(aside, { recursive: true, force: true });
  });
}
