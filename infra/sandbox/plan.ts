import { realpathSync } from 'node:fs';
import { inRange, parseIpAddress, parseIpRange } from '../../service/bounty/ip-address.ts';
import { descriptorLimit, withinDescriptors } from '../../service/host/descriptors.ts';
import { makeFolder } from '../../service/host/folder.ts';
import { memoryLimit, withinMemory } from '../../service/host/memory.ts';
import { hasSealedWallet } from '../../service/host/sealed-wallet.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { UnusableSetting } from '../../service/host/unstartable.ts';
import { generationFolder, places, type SandboxManifest, sandboxManifest } from './manifest.ts';
import type { SandboxOptions } from './options.ts';

/* From what the operator asked for to what there is inside: a manifest, the service's settings with paths of inside, and what is bound where. */

export interface Plan {
  readonly manifest: SandboxManifest;
  /** For the service. */
  readonly configuration: Configuration;
  /** Path inside -> path on this machine. */
  readonly bound: ReadonlyMap<string, string>;
}

const mebibyte = 1024 * 1024;

/** Makes the folders that the service would make. Throws an UnusableSetting on what no sandbox can have. */
export function plan(asked: Configuration, options: Pick<SandboxOptions, 'jitless' | 'memoryMebibytes'>): Plan {
  refuseImpossible(asked);
  const { jitless, memoryMebibytes } = options;
  // Out here it is known; inside, the sockets could be anybody's.
  const privateAddresses = asked.allowPrivateDialback ?? asked.listen.every(isLoopback);
  const memory = Math.min(memoryLimit(), memoryMebibytes * mebibyte);
  const fitting = withinMemory(withinDescriptors(asked, descriptorLimit()), memory, asked.threads);
  const { data, keyFile, sealPassphraseFile, testCredentials } = asked;
  const configuration: Configuration = {
    ...fitting,
    allowPrivateDialback: privateAddresses,
    dialler: 'parent',
    sandboxManifest: places.manifest,
    ...(data === undefined ? {} : { data: places.data }),
    ...(keyFile === undefined ? {} : { keyFile: places.keyFile }),
    ...(sealPassphraseFile === undefined ? {} : { sealPassphraseFile: places.passphrase }),
    ...(testCredentials === undefined ? {} : { testCredentials: places.testCredentials }),
  };
  const bound = new Map<string, string>(kernelWords.flatMap((path) => (isThere(path) ? [[path, path]] : [])));
  if (data !== undefined) bound.set(places.data, folder('--data', data));
  if (testCredentials !== undefined) bound.set(places.testCredentials, folder('--test-credentials', testCredentials));
  if (keyFile !== undefined) bound.set(places.keyFile, file('--key-file', keyFile));
  if (sealPassphraseFile !== undefined)
    bound.set(places.passphrase, file('--seal-passphrase-file', sealPassphraseFile));
  const terms = { configuration: asked, privateAddresses, compiler: !jitless, memoryMebibytes };
  return { manifest: sandboxManifest(terms), configuration, bound };
}

const kernelWords = ['/proc/sys/kernel/random/boot_id', '/proc/uptime', generationFolder];

function refuseImpossible(asked: Configuration): void {
  const refuse = (flag: string, problem: string, allowed: string): never => {
    throw new UnusableSetting(flag, `not with --sandbox: ${problem}`, allowed);
  };
  if (asked.keyCredential !== undefined) {
    refuse('--key-credential', "a credential is systemd's, and so is its sandbox", '--key-file, or the systemd units');
  }
  if (asked.sealSystemdCreds) {
    refuse('--seal-systemd-creds', 'no other program can be run inside', '--seal-passphrase-file');
  }
  if (asked.chain.length > 0) {
    refuse('--chain', 'nobody can be asked from inside', 'none here; `btc-pinata status` asks from anywhere');
  }
  if (asked.dialler !== undefined) refuse('--dialler', 'it is the parent', 'none');
  if (asked.sandboxManifest !== undefined) refuse('--sandbox-manifest', 'it is made here', 'none');
  if (asked.sealPassphraseFile !== undefined && asked.data !== undefined && !hasSealedWallet(asked.data)) {
    refuse(
      '--seal-passphrase-file',
      `there is no sealed wallet in ${JSON.stringify(asked.data)}, and inside a folder cannot be flushed`,
      'one that `btc-pinata wallet new` has made there before',
    );
  }
}

function folder(flag: string, path: string): string {
  try {
    makeFolder(path);
    return realpathSync(path);
  } catch (error) {
    throw unusable(
      flag,
      path,
      error,
      'a directory that this process may write to, or a new one in a directory that exists',
    );
  }
}

function file(flag: string, path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw unusable(flag, path, error, 'a file that this process may read');
  }
}

function unusable(flag: string, path: string, error: unknown, allowed: string): UnusableSetting {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unusable';
  return new UnusableSetting(flag, `${JSON.stringify(path)} cannot be used (${code})`, allowed);
}

function isThere(path: string): boolean {
  try {
    realpathSync(path);
    return true;
  } catch {
    return false;
  }
}

const loopback = ['127.0.0.0/8', '::1/128'].map(parseIpRange);
const isLoopback = (text: string): boolean => {
  const address = parseIpAddress(text);
  return address !== undefined && loopback.some((range) => inRange(address, range));
};

/** What the service is told, as a configuration file. */
export const configurationText = (configuration: Configuration): string => `${JSON.stringify(configuration)}\n`;
