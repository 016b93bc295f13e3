import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Each program a test may start, and the Debian package it comes in. */
export const toolPackages = {
  openssl: 'openssl',
  'gnutls-cli': 'gnutls-bin',
  'gnutls-serv': 'gnutls-bin',
  certutil: 'libnss3-tools',
  pk12util: 'libnss3-tools',
  tstclnt: 'libnss3-tools',
  selfserv: 'libnss3-tools',
  curl: 'curl',
  chromium: 'chromium',
  tshark: 'tshark',
  sslscan: 'sslscan',
  electrum: 'electrum',
  swtpm: 'swtpm',
  swtpm_setup: 'swtpm-tools',
  litecoind: 'litecoind',
  faketime: 'faketime',
  minisign: 'minisign',
  bwrap: 'bubblewrap',
  perl: 'perl-base',
  'systemd-analyze': 'systemd',
  nft: 'nftables',
} as const;

export type Tool = keyof typeof toolPackages;

const tools = Object.keys(toolPackages) as Tool[];

/** Debian's litecoind on the path is a wrapper that writes to the home directory; the program is here. */
const firstIn = ['/usr/lib/litecoin'];

/** NSS's test programs are on Debian's path only since bookworm; before, they stood beside the library. */
const alsoIn = ['/usr/lib/nss/unsupported-tools', '/usr/sbin', '/sbin'];

export function which(tool: Tool): string | undefined {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...firstIn, ...path, ...alsoIn].map((folder) => join(folder, tool)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// `node test/support/tools.ts` prints the packages that are still to be installed, one a line: `.ci/run` hands them to apt.
if (import.meta.main) {
  const missing = tools.filter((tool) => which(tool) === undefined).map((tool) => toolPackages[tool]);
  for (const name of new Set(missing)) console.log(name);
}
