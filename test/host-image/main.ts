import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runSuite } from '../support/suite.ts';
import { suiteWords } from '../support/suite-words.ts';
import { clearLeavings } from './leavings.ts';
import { keptRootfs, rootfs } from './rootfs.ts';

const usage = {
  command: 'npm run test:host',
  about: `For root: installs what is missing, makes a Debian where the cache has none, and boots the definition of the host in
systemd-nspawn. Some minutes. Exit status 3: not tested, and why.`,
  options: {
    '--rootfs': 'stops when there is a Debian',
    '--sample': 'installs and makes nothing, and boots, attacks, reboots and replaces one host, as CI does',
  },
};

/** What has to be there -> the Debian package it comes in. */
const needed: Readonly<Record<string, string>> = {
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/bin/systemd-nspawn': 'systemd-container',
  '/usr/sbin/nft': 'nftables',
  '/usr/bin/ip': 'iproute2',
  '/usr/bin/script': 'bsdutils',
  '/usr/bin/nsenter': 'util-linux',
};
const notTested = 3;

/** Why no host can be booted here, as far as nothing can be done about it. */
function hopeless(): string | undefined {
  if (process.getuid?.() !== 0) return 'it is for root, who alone can boot a machine in namespaces';
  if (!existsSync('/dev/loop-control')) return 'this machine has no loop devices (/dev/loop-control)';
  return undefined;
}

const missing = (): readonly string[] =>
  Object.entries(needed).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));

/** Why not, of what is there. */
function unprepared(): string | undefined {
  const packages = missing();
  if (packages.length > 0) return `there is no ${packages.join(', no ')} here`;
  return keptRootfs() === undefined ? 'the cache has no Debian; `npm run test:host -- --rootfs` makes one' : undefined;
}

/** What is missing in spite of apt. */
function installed(): string | undefined {
  const packages = missing();
  if (packages.length === 0) return undefined;
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const { status } = spawnSync('apt-get', words, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) return `apt-get did not install ${packages.join(' ')}`;
  }
  return undefined;
}

async function main(argv: readonly string[]): Promise<number> {
  const asked = suiteWords(usage, argv);
  if (typeof asked === 'number') return asked;
  const isSample = asked.has('--sample');
  const problem = hopeless() ?? (isSample ? unprepared() : (installed() ?? debian()));
  if (problem !== undefined) {
    console.error(`NOT TESTED: the host was not booted: ${problem}`);
    return notTested;
  }
  if (asked.has('--rootfs')) return 0;
  for (const leaving of clearLeavings())
    console.error(`host: removed ${JSON.stringify(leaving)} of a run that was killed`);
  return runSuite({
    words: isSample ? ['host.boot.ts'] : asked.words,
    include: ['test/host-image/*.boot.ts'],
    milliseconds: 1_800_000,
    atOnce: 2,
  });
}

/** What is wrong, where there is none and none could be made. */
function debian(): string | undefined {
  try {
    if (keptRootfs() === undefined) rootfs((line) => console.error(`host: ${line} ...`));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'mmdebstrap failed';
  }
}

process.exitCode = await main(process.argv.slice(2));
