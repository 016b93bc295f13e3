import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { endpoints } from '../../service/bounty/endpoints.ts';
import { generationFile } from '../../service/host/instance.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { hardeningFlags } from '../hardening.ts';
import { allowedSystemCalls, unknownSystemCalls } from './system-calls.ts';

/*
 * All that the service may touch, said before it starts. Bubblewrap and systemd are told the same (bubblewrap.ts, systemd.ts),
 * and its SHA-256 stands in what the wallet's key signs. Paths are those inside; where they are on the machine is the
 * operator's own affair, and in no manifest.
 */

export const places = {
  program: '/program/btc-pinata.cjs',
  configuration: '/program/configuration.json',
  manifest: '/program/sandbox.json',
  data: '/data',
  keyFile: '/secrets/key',
  passphrase: '/secrets/passphrase',
  testCredentials: '/test-credentials',
} as const;

export interface SandboxManifest {
  readonly format: 'btc-pinata/sandbox/v1';
  /** Names of the listening sockets that are handed in. It can open none. */
  readonly sockets: readonly string[];
  /** What another process dials for it: this port of whoever called, and nothing else. */
  readonly dialBack: { readonly port: number; readonly privateAddresses: boolean };
  readonly files: readonly SandboxFile[];
  readonly devices: readonly string[];
  /** Of Node, in their order. */
  readonly flags: readonly string[];
  readonly systemCalls: {
    readonly allowed: readonly string[];
    /** As on a kernel that has none. */
    readonly unknown: readonly string[];
    /** V8 compiles: there is memory that is written and then run. */
    readonly compiler: boolean;
  };
  /** At once, each thread being one. */
  readonly tasks: number;
  readonly memoryMebibytes: number;
}

export interface SandboxFile {
  readonly path: string;
  readonly access: 'read' | 'read-write';
  readonly holds: string;
}

export interface SandboxTerms {
  readonly configuration: Configuration;
  readonly privateAddresses: boolean;
  readonly compiler: boolean;
  readonly memoryMebibytes: number;
}

/** The kernel's word for whether this machine was resumed or cloned (service/host/instance.ts). */
const kernelFiles = ['/proc/sys/kernel/random/boot_id', '/proc/uptime'] as const;

/** Of `generationFile`, which may be written for the first time while the service runs: a file that is not there is not bound. */
export const generationFolder = '/run/btc-pinata';

/** Node has twelve at most: its own, four of V8's, four of libuv's, and those that begin and end. Beside those of `--threads`. */
const tasks = 64;

export function sandboxManifest(terms: SandboxTerms): SandboxManifest {
  const { configuration, privateAddresses, compiler, memoryMebibytes } = terms;
  const files = filesOf(configuration);
  const allowed = allowedSystemCalls(compiler).flatMap(({ calls }) => calls.map(({ name }) => name));
  return {
    format: 'btc-pinata/sandbox/v1',
    sockets: [
      ...endpoints.map(({ key }) => key),
      ...(configuration.managementPort === undefined ? [] : ['management']),
    ],
    dialBack: { port: configuration.dialbackTargetPort, privateAddresses },
    files,
    devices: ['/dev/null', '/dev/urandom'],
    flags: [...hardeningFlags, ...(compiler ? [] : ['--jitless']), ...permissionFlags(files, configuration.threads)],
    systemCalls: {
      allowed: allowed.toSorted(),
      unknown: unknownSystemCalls.calls.map(({ name }) => name).toSorted(),
      compiler,
    },
    tasks: tasks + configuration.threads,
    memoryMebibytes,
  };
}

function filesOf({ data, keyFile, sealPassphraseFile, testCredentials }: Configuration): readonly SandboxFile[] {
  return [
    { path: places.program, access: 'read', holds: 'the program' },
    { path: places.configuration, access: 'read', holds: 'its settings' },
    { path: places.manifest, access: 'read', holds: 'this manifest' },
    ...kernelFiles.map((path) => ({ path, access: 'read', holds: 'what the kernel says' }) as const),
    { path: generationFolder, access: 'read', holds: 'the generation of the machine' },
    ...(keyFile === undefined ? [] : [{ path: places.keyFile, access: 'read', holds: 'the key' } as const]),
    ...(sealPassphraseFile === undefined
      ? []
      : [{ path: places.passphrase, access: 'read', holds: 'the passphrase of the sealed key' } as const]),
    ...(data === undefined ? [] : [{ path: places.data, access: 'read-write', holds: 'traces' } as const]),
    ...(testCredentials === undefined
      ? []
      : [{ path: places.testCredentials, access: 'read-write', holds: 'test credentials' } as const]),
  ];
}

/** Node's own refusals, beside the kernel's: no other file, no child, no addon, no inspector; no worker but with `--threads`. */
function permissionFlags(files: readonly SandboxFile[], threads: number): readonly string[] {
  return [
    '--permission',
    ...(threads > 0 ? ['--allow-worker'] : []),
    // Node covers what is in a folder only where there is one when it starts.
    ...files.map(({ path }) => `--allow-fs-read=${path === generationFolder ? generationFile : path}`),
    ...files.filter(({ access }) => access === 'read-write').map(({ path }) => `--allow-fs-write=${path}`),
  ];
}

/** Keys sorted, nothing between them: one text for one manifest, and a line's end. */
export const canonicalManifest = (manifest: SandboxManifest): Uint8Array =>
  utf8ToBytes(`${JSON.stringify(sorted(manifest))}\n`);

/** As it stands in a statement. */
export const manifestSha256 = (manifest: SandboxManifest): string => bytesToHex(sha256(canonicalManifest(manifest)));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, held]) => [key, sorted(held)]));
}
