import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networks } from '../../service/bitcoin/index.ts';
import { secretToSeal } from '../../service/bitcoin/sealing.ts';
import { wifOf } from '../../service/bitcoin/wallet-key.ts';
import { openSealedWallet } from '../../service/host/sealed-wallet.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import type { Machine } from './machine.ts';

/* Whether the key of a machine's wallet, or the passphrase that it is sealed under, can be read anywhere on it. */

export interface Found {
  readonly passphrase: readonly string[];
  readonly key: readonly string[];
  /** That the search finds what there is: a file with the key in it, made for this. */
  readonly planted: boolean;
}

/** Everything but what the kernel shows of processes and devices; the volume and the journal among it. */
const places = ['/etc', '/home', '/opt', '/root', '/run', '/srv', '/tmp', '/usr/lib/btc-pinata', '/var', '/dev/shm'];

/** Reads lines of hex from its input; prints the files that have one of these bytes, each with the line's number. */
const search = `
import os, sys
needles = [bytes.fromhex(line) for line in sys.stdin.read().split()]
for place in sys.argv[1:]:
    for folder, _, names in os.walk(place):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            try:
                content = open(path, 'rb').read()
            except OSError:
                continue
            for number, needle in enumerate(needles):
                if needle in content:
                    print(number, path)
`;

export function findKey(machine: Machine): Found {
  const file = (path: string): Buffer => Buffer.from(machine.run('base64', '--wrap=0', path), 'base64');
  const passphrase = file('/run/btc-pinata-secrets/passphrase');
  const forms = formsOfKey(...keyOf(file('/var/lib/btc-pinata/wallet.sealed'), passphrase));
  const needles = [
    passphrase,
    Buffer.from(passphrase.toString('latin1'), 'base64'),
    ...forms.map(([, bytes]) => bytes),
  ];
  const planted = '/var/tmp/planted';
  machine.give(planted, forms[0]?.[1] ?? Buffer.alloc(0));
  machine.run('journalctl', '--sync');
  const input = needles.map((bytes) => bytes.toString('hex')).join('\n');
  const lines = machine
    .feed(input, 'python3', '-c', search, ...places)
    .trim()
    .split('\n');
  machine.run('rm', planted);
  const found = lines
    .map((line) => line.split(' '))
    .map(([number, ...path]) => ({ number: Number(number), path: path.join(' ') }));
  const where = (wanted: (number: number) => boolean): readonly string[] =>
    [...new Set(found.filter(({ number }) => wanted(number)).map(({ path }) => path))].filter(
      (path) => path !== planted,
    );
  const said = `${machine.console}${machine.userData}`;
  return {
    passphrase: where((number) => number < 2),
    key: [
      ...where((number) => number >= 2),
      ...(needles.some((bytes) => said.includes(bytes.toString('latin1'))) ? ['console or user-data'] : []),
    ],
    planted: found.some(({ path }) => path === planted),
  };
}

/** The scalar and its WIF, opened as the service opens them. */
function keyOf(sealed: Uint8Array, passphrase: Uint8Array): [Uint8Array, string] {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-opened-'));
  try {
    const passphraseFile = join(folder, 'passphrase');
    writeFileSync(join(folder, 'wallet.sealed'), sealed, { mode: 0o600 });
    writeFileSync(passphraseFile, passphrase, { mode: 0o600 });
    const opened = openSealedWallet(folder, { type: 'passphrase', file: passphraseFile });
    if (opened === undefined) throw new Error('the wallet of the machine cannot be opened');
    const scalar = secretToSeal(opened.key);
    return [scalar, Buffer.from(wifOf(opened.key, networks.regtest)).toString('latin1')];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
