import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/*
 * Debian 12 as a provider's image has it: systemd, cloud-init, an ssh server. Made once from Debian's archive and kept; a
 * machine writes to a layer over it.
 */

/** With what a provider's image has or the definition would install, as a machine of the tests reaches no mirror. */
const packages = [
  ...['systemd', 'systemd-sysv', 'udev', 'dbus', 'cloud-init', 'openssh-server', 'ca-certificates', 'curl'],
  ...['nftables', 'iproute2', 'e2fsprogs', 'unattended-upgrades', 'systemd-timesyncd', 'procps', 'locales'],
] as const;

const words = [
  ...['--variant=minbase', `--include=${packages.join(',')}`, '--aptopt=Acquire::Languages "none"'],
  ...['man', 'doc', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
];

/** Another recipe is another system. */
const key = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16);

const cache = process.env['PINATA_CACHE'] ?? join(homedir(), '.cache', 'btc-pinata');

/** What is to stand in a system of the tests, and cannot come from a provider: it has no network to configure. */
const additions: readonly (readonly [path: string, text: string])[] = [
  ['etc/cloud/cloud.cfg.d/99-test.cfg', 'network: {config: disabled}\ndatasource_list: [NoCloud]\nlocale: false\n'],
  ['etc/machine-id', ''],
];

export const keptRootfs = (): string | undefined => {
  const path = join(cache, `host-rootfs-${key}`);
  return existsSync(path) ? path : undefined;
};

/** The folder. Takes a minute or more, and Debian's archive, where the cache has none. */
export function rootfs(say: (line: string) => void): string {
  const kept = keptRootfs();
  if (kept !== undefined) return kept;
  mkdirSync(cache, { recursive: true });
  const path = join(cache, `host-rootfs-${key}`);
  const folder = `${path}.${process.pid}`;
  say('Debian 12, by mmdebstrap: a minute or more');
  const made = spawnSync('mmdebstrap', ['--quiet', ...words, 'bookworm', folder], { encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`mmdebstrap ended with ${made.status}: ${made.stderr.trim().split('\n').slice(-5).join('\n')}`);
  }
  for (const [name, text] of additions) writeFileSync(join(folder, name), text);
  renameSync(folder, path);
  return path;
}
