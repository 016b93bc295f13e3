import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  networks,
  publicWallet,
  releasePayload,
  WalletKey,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';
import { secretToSeal } from '../../service/bitcoin/sealing.ts';
import { configure } from '../../service/host/configuration.ts';
import { entropy } from '../../service/host/entropy.ts';
import { openWallet } from '../../service/host/open-wallet.ts';
import { openPassphraseSeal, preparePassphraseSeal } from '../../service/host/seal-passphrase.ts';
import { openSealedWallet, sealWallet, showSealedWallet } from '../../service/host/sealed-wallet.ts';
import { decodeSealedWallet, encodeHead, encodeSealedWallet } from '../../service/host/sealed-wallet-format.ts';
import { Unstartable } from '../../service/host/unstartable.ts';

const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
const refund = { height: 400_000, publicKey: operator };
const vault = { kind: 'vault', keyOrigin: 'host', recovery: 'none', refund } as const;
const classic = { kind: 'classic', keyOrigin: 'host', recovery: `age1${'q'.repeat(58)}` } as const;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-sealed-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
function passphraseFile(text = 'correct horse battery staple\n', mode = 0o600): string {
  const path = join(folder(), 'passphrase');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
function made(terms: typeof vault | typeof classic = vault) {
  const key = WalletKey.fromEntropy(entropy(walletKeyEntropyLength));
  return { key, wallet: publicWallet(key, networks.signet, terms) };
}
const payloadOf = ({ key, wallet }: ReturnType<typeof made>): string => bytesToHex(releasePayload(key, wallet)());

/** A sealed file as cheap as reading allows, so that a test can open it hundreds of times. */
function cheaplySealed(wallet = made()) {
  const prepared = preparePassphraseSeal(utf8ToBytes('passphrase'), entropy, 10);
  const head = encodeHead(wallet.wallet, prepared.parameters);
  const file = encodeSealedWallet(head, prepared.seal(head, secretToSeal(wallet.key)));
  return { ...wallet, head, file, parameters: prepared.parameters };
}
function kept(file: Uint8Array, mode = 0o600): string {
  const data = folder();
  writeFileSync(join(data, 'wallet.sealed'), file, { mode });
  return data;
}
const passphrase = () => ({ type: 'passphrase', file: passphraseFile('passphrase passphrase') }) as const;
function fault(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Unstartable) return error.message;
    throw error;
  }
  return 'nothing was wrong';
}

describe('a sealed wallet', () => {
  test.each([
    ['vault', vault],
    ['classic', classic],
  ])('of the kind %s is the same after it was sealed and opened', (_kind, terms) => {
    const data = join(folder(), 'data');
    const wallet = made(terms);
    const seal = { type: 'passphrase', file: passphraseFile() } as const;
    expect(openSealedWallet(data, seal)).toBeUndefined();
    sealWallet(data, wallet, seal, entropy);
    expect(readdirSync(data)).toEqual(['wallet.sealed']);
    expect(statSync(join(data, 'wallet.sealed')).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const opened = openSealedWallet(data, seal);
    expect(opened?.wallet).toEqual(wallet.wallet);
    expect(opened && payloadOf(opened)).toBe(payloadOf(wallet));
    expect(showSealedWallet(data)?.wallet).toEqual(wallet.wallet);
    expect(
      fault(() => openSealedWallet(data, { type: 'passphrase', file: passphraseFile('another passphrase') })),
    ).toMatch(/--seal-passphrase-file: the passphrase is not the one that .* was sealed with/);
    expect(fault(() => openSealedWallet(data, { type: 'systemd-creds' }))).toMatch(
      /--seal-systemd-creds: .* is sealed the other way; allowed: --seal-passphrase-file/,
    );
  });

  test('is never overwritten', () => {
    const data = kept(utf8ToBytes('whatever is in there'));
    const seal = { type: 'passphrase', file: passphraseFile() } as const;
    expect(fault(() => sealWallet(data, made(), seal, entropy))).toMatch(/is there already, and is never overwritten/);
    expect(readFileSync(join(data, 'wallet.sealed'), 'utf8')).toBe('whatever is in there');
    expect(readdirSync(data)).toEqual(['wallet.sealed']);
  });

  test('of which others can read the file is refused', () => {
    const { file } = cheaplySealed();
    const data = kept(file);
    chmodSync(join(data, 'wallet.sealed'), 0o640);
    expect(fault(() => openSealedWallet(data, passphrase()))).toMatch(
      /has mode 640, others can get at it; chmod 600 it/,
    );
  });

  test('is a regular file: a FIFO keeps nobody waiting, and a device or a folder has no key', () => {
    const places: readonly ((path: string) => unknown)[] = [
      (path) => spawnSync('mkfifo', ['-m', '600', path]),
      (path) => mkdirSync(path, { mode: 0o700 }),
      (path) => symlinkSync('/dev/zero', path),
    ];
    for (const place of places) {
      const data = folder();
      place(join(data, 'wallet.sealed'));
      expect(fault(() => showSealedWallet(data))).toMatch(/wallet\.sealed is not a regular file/);
    }
  });

  test('holds the key in no form but the sealed one', () => {
    const { file, key } = cheaplySealed();
    const secret = Buffer.from(secretToSeal(key));
    const all = Buffer.from(file);
    for (const needle of [secret, secret.toString('hex'), secret.toString('base64').slice(0, 40)])
      expect(all.includes(needle)).toBe(false);
  });
});

describe('a file that is not what was written', () => {
  test('is one of a cut file, an unknown one, and a changed one', () => {
    const { file } = cheaplySealed();
    const text = Buffer.from(file).toString('latin1');
    for (let length = 0; length < file.length; length++)
      expect(decodeSealedWallet(file.slice(0, length)), `cut to ${length}`).toBe('truncated');
    const wrong: readonly (readonly [string, string])[] = [
      [text.replace('/v1\n', '/v2\n'), 'unknown'],
      ['-----BEGIN AGE ENCRYPTED FILE-----\n', 'unknown'],
      [`${text}\n`, 'malformed'],
      [text.replace('"host"', '"imported"'), 'malformed'],
      [text.replace('"recovery":"none"', '"recovery":"age1"'), 'malformed'],
      [text.replace('"signet"', '"mainnet"'), 'malformed'],
      [text.replace('"height":400000', '"height":400001'), 'malformed'],
      [text.replace('"kind":"vault"', '"kind":"classic"'), 'malformed'],
      [text.replace('"log2N":10', '"log2N":19'), 'malformed'],
      [text.replace('"log2N":10', '"log2N":9'), 'malformed'],
      [text.replace('"p":1', '"p":5'), 'malformed'],
      [text.replace('"r":8', '"r":1024'), 'malformed'],
      [text.replace('{', '{"more":1,'), 'malformed'],
    ];
    for (const [changed, expected] of wrong) {
      expect(changed).not.toBe(text);
      expect(decodeSealedWallet(Buffer.from(changed, 'latin1')), changed).toBe(expected);
    }
  });

  test.each([
    ['truncated', (text: string) => text.slice(0, -20), /is cut short; nothing was changed; restore it from a backup/],
    ['unknown', (text: string) => `x${text}`, /is no sealed wallet of a version that this program knows/],
    ['malformed', (text: string) => text.replace('"host"', '"cloud"'), /it was changed since it was sealed/],
    ['empty', () => '', /is cut short/],
    ['huge', () => 'x'.repeat(20_000), /is no sealed wallet/],
  ])('is refused in so many words: %s', (_name, change, expected) => {
    const data = kept(Buffer.from(change(Buffer.from(cheaplySealed().file).toString('latin1')), 'latin1'));
    const before = readFileSync(join(data, 'wallet.sealed'));
    expect(fault(() => openSealedWallet(data, passphrase()))).toMatch(expected);
    expect(fault(() => showSealedWallet(data))).toMatch(expected);
    expect(readFileSync(join(data, 'wallet.sealed'))).toEqual(before);
  });

  test('is total: no bytes make the reader throw', () => {
    const { file } = cheaplySealed();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(file.length), (noise, at) => {
        const mixed = Uint8Array.from([...file.slice(0, at), ...noise, ...file.slice(at + noise.length)]);
        const read = decodeSealedWallet(mixed);
        expect(typeof read === 'string' || read.head.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('has a key that does not open, whatever bit of head or key was changed', () => {
    const { head, file, parameters, key } = cheaplySealed();
    const read = decodeSealedWallet(file);
    if (typeof read === 'string') throw new Error(read);
    const open = (at: Uint8Array, sealed: Uint8Array) =>
      openPassphraseSeal(parameters, utf8ToBytes('passphrase'), at, sealed);
    expect(open(head, read.sealed)).toEqual(secretToSeal(key));
    for (let index = 0; index < read.sealed.length; index++) {
      const changed = read.sealed.slice();
      changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
      expect(open(head, changed)).toBe('changed');
    }
    for (let index = 0; index < head.length; index += 29) {
      const changed = head.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(open(changed, read.sealed)).toBe('changed');
    }
    expect(open(head, new Uint8Array())).toBe('changed');
    expect(openPassphraseSeal(parameters, utf8ToBytes('Passphrase'), head, read.sealed)).toBe('wrong_passphrase');
  });
});

describe('a passphrase file', () => {
  test.each([
    ['short', 'too short', 0o600, /the passphrase has 9 bytes, which are soon guessed/],
    ['readable by others', 'correct horse battery staple', 0o644, /has mode 644, others can get at it/],
    ['empty', '', 0o600, /has 0 bytes/],
    ['endless', 'x'.repeat(1025), 0o600, /has 1025 bytes/],
  ])('that is %s is refused, and never quoted', (_name, text, mode, expected) => {
    const message = fault(() =>
      sealWallet(join(folder(), 'data'), made(), { type: 'passphrase', file: passphraseFile(text, mode) }, entropy),
    );
    expect(message).toMatch(expected);
    if (text.length > 3) expect(message).not.toContain(text);
  });

  test('zeroes what it was read into', () => {
    const bytes = utf8ToBytes('correct horse battery staple');
    preparePassphraseSeal(bytes, entropy, 10);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe('from settings to a wallet', () => {
  const flags = ['--network', 'signet', '--wallet', 'vault', '--refund-key', operator, '--refund-height', '400000'];
  function open(...argv: readonly string[]) {
    const result = configure({ argv, environment: {}, readFile: () => '{}' });
    if (result.type !== 'run') throw new Error(JSON.stringify(result));
    return openWallet(result.configuration, entropy);
  }

  test('the same settings give the same wallet again, and any other is refused and loses nothing', () => {
    const data = join(folder(), 'data');
    const keeping = ['--data', data, '--seal-passphrase-file', passphraseFile()];
    const first = open(...flags, ...keeping);
    expect(first).toMatchObject({ ephemeral: false, wallet: { kind: 'vault', network: 'signet', refund } });
    const again = open(...flags, ...keeping);
    expect(again.wallet).toEqual(first.wallet);
    expect(payloadOf(again)).toBe(payloadOf(first));
    const before = readFileSync(join(data, 'wallet.sealed'));
    const replaced = (from: string, to: string) => flags.map((word) => (word === from ? to : word));
    for (const [other, message] of [
      [
        replaced('signet', 'testnet4'),
        /^--network: "testnet4", and the wallet .* has "signet"; allowed: --network signet/,
      ],
      [replaced('400000', '400001'), /^--refund-height: 400001, and the wallet .* has 400000/],
      [replaced(operator, '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'), /^--refund-key: /],
      [['--network', 'signet', '--wallet', 'classic'], /^--wallet: "classic", and the wallet .* has "vault"/],
    ] as const)
      expect(fault(() => open(...other, ...keeping))).toMatch(message);
    expect(readFileSync(join(data, 'wallet.sealed'))).toEqual(before);
  });

  test('a folder with a sealed wallet is not used for another, unless it is to be left alone', () => {
    const data = kept(cheaplySealed().file);
    const key = join(folder(), 'key');
    writeFileSync(key, 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA\n', { mode: 0o600 });
    for (const words of [[], ['--key-file', key]])
      expect(fault(() => open('--data', data, ...words))).toMatch(
        /has a sealed wallet, and nothing says how to open it/,
      );
    expect(open('--data', data, '--ephemeral').ephemeral).toBe(true);
    expect(existsSync(join(data, 'wallet.sealed'))).toBe(true);
  });

  test('an ephemeral one is another each time', () => {
    const [one, other] = [open(), open()];
    expect(one.wallet.address).not.toBe(other.wallet.address);
    expect(one.wallet.keyOrigin).toBe('host');
  });

  test('a key that was handed in says so', () => {
    const key = join(folder(), 'key');
    writeFileSync(key, 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA\n', { mode: 0o600 });
    expect(open('--key-file', key)).toMatchObject({
      ephemeral: false,
      wallet: { keyOrigin: 'imported', kind: 'classic' },
    });
  });
});

/** A tool of that name, of our own, in front of the path. It remembers how it was called. */
function fakeTool(script: string): string {
  const bin = folder();
  writeFileSync(join(bin, 'systemd-creds'), `#!/bin/sh\necho "$@" >> ${join(bin, 'calls')}\n${script}\n`, {
    mode: 0o755,
  });
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = `${bin}${delimiter}${path}`;
  onTestFinished(() => {
    process.env['PATH'] = path;
  });
  return bin;
}

describe('systemd-creds', () => {
  const seal = { type: 'systemd-creds' } as const;

  test('is given the key by a pipe, and gives it back', () => {
    const bin = fakeTool('case "$1" in encrypt) base64 ;; decrypt) base64 -d ;; esac');
    const data = join(folder(), 'data');
    const wallet = made();
    sealWallet(data, wallet, seal, entropy);
    const opened = openSealedWallet(data, seal);
    expect(opened && payloadOf(opened)).toBe(payloadOf(wallet));
    expect(new Set(readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n'))).toEqual(
      new Set(['encrypt --name=btc-pinata-wallet - -', 'decrypt --name=btc-pinata-wallet - -']),
    );
    const file = join(data, 'wallet.sealed');
    // What says nothing of the address: the tool authenticates its name alone, and the hash of the head is in what it sealed.
    writeFileSync(file, readFileSync(file, 'utf8').replace('"keyOrigin":"host"', '"keyOrigin":"measured-image"'));
    expect(fault(() => openSealedWallet(data, seal))).toMatch(/it was changed since it was sealed/);
  });

  test.each([
    ['fails', 'echo "Failed to decrypt" >&2; exit 1', /systemd-creds ended with 1 \(Failed to decrypt\); run as root/],
    ['says nothing', 'exit 0', /systemd-creds ended with 0; run as root/],
  ])('that %s seals nothing', (_name, script, expected) => {
    fakeTool(`cat >/dev/null; ${script}`);
    const data = join(folder(), 'data');
    expect(fault(() => sealWallet(data, made(), seal, entropy))).toMatch(expected);
    expect(readdirSync(data)).toEqual([]);
  });

  test('that is not there is missed', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder();
    onTestFinished(() => {
      process.env['PATH'] = path;
    });
    expect(fault(() => sealWallet(join(folder(), 'data'), made(), seal, entropy))).toMatch(
      /there is no systemd-creds on this machine; run as root on a machine with systemd 250/,
    );
  });

  test('the real one opens what it sealed; where there is none, or it may not, that is said', () => {
    const probe = spawnSync('systemd-creds', ['encrypt', '--name=btc-pinata-test', '-', '-'], { input: 'x' });
    const data = join(folder(), 'data');
    const wallet = made(classic);
    if (probe.status !== 0) {
      expect(fault(() => sealWallet(data, wallet, seal, entropy))).toMatch(/^--seal-systemd-creds: .*; run as root on/);
      return;
    }
    sealWallet(data, wallet, seal, entropy);
    const opened = openSealedWallet(data, seal);
    expect(opened && payloadOf(opened)).toBe(payloadOf(wallet));
  });
});
