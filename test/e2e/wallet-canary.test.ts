import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { createBase58check } from '@scure/base';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { walletCommand } from '../../infra/wallet.ts';
import { secretToSeal } from '../../service/bitcoin/sealing.ts';
import { tapLeafHash, tweakedSecret } from '../../service/bitcoin/taproot.ts';
import { refundScript } from '../../service/bitcoin/vault.ts';
import { openSealedWallet } from '../../service/host/sealed-wallet.ts';
import { anyPorts, Program } from '../host/program.ts';
import { textOf } from '../host/trace-store.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import { released } from './released.ts';

/*
 * The canary of canary.test.ts, in a vault and in a sealed file: a key that was made inside is in nothing that comes out of
 * the service or the command but the release and, of a classic wallet, the recovered text.
 */

const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
const refund = { height: 400_000, publicKey: operator };
const passphrase = 'a canary sings in the coal mine';

const folder = mkdtempSync(join(tmpdir(), 'pinata-wallet-canary-'));
const heard: { readonly where: string; readonly bytes: Buffer }[] = [];
const hear = (where: string, bytes: Uint8Array | string): void => {
  heard.push({ where, bytes: Buffer.from(bytes) });
};
const seal = { type: 'passphrase', file: join(folder, 'pass') } as const;

beforeAll(() => writeFileSync(seal.file, `${passphrase}\n`, { mode: 0o600 }));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of the sealed wallet in a folder: its key, in every form. */
function formsIn(data: string) {
  const opened = openSealedWallet(data, seal);
  if (opened === undefined) throw new Error(`no wallet in ${data}`);
  const secret = secretToSeal(opened.key);
  const wif = createBase58check(sha256).encode(Uint8Array.of(0xef, ...secret, 1));
  const forms = [...formsOfKey(secret, wif), ['the passphrase', Buffer.from(passphrase)] as const];
  if (opened.wallet.kind === 'classic') return { wif, forms };
  const tweaked = tweakedSecret(secret, opened.key.publicKey.subarray(1), tapLeafHash(refundScript(refund)));
  return {
    wif,
    forms: [...forms, ...formsOfKey(tweaked, wif).map(([name, needle]) => [`tweaked ${name}`, needle] as const)],
  };
}

const found = (forms: readonly (readonly [string, Buffer])[]): readonly string[] =>
  forms.flatMap(([form, needle]) =>
    heard.filter(({ bytes }) => bytes.includes(needle)).map(({ where }) => `${form} in ${where}`),
  );

const files = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(path, entry.name);
    return entry.isDirectory() ? files(inside) : [inside];
  });

async function command(where: string, ...argv: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((text) => lines.push(String(text)));
  const status = await walletCommand(argv);
  vi.restoreAllMocks();
  hear(where, lines.join('\n'));
  expect([where, status]).toEqual([where, 0]);
}

describe('the key of a sealed vault', () => {
  test('is in the release, and in nothing else that comes out', async () => {
    const data = join(folder, 'vault');
    const vault = ['--wallet', 'vault', '--refund-key', operator, '--refund-height', String(refund.height)];
    await command('wallet new', 'new', '--data', data, ...vault, '--seal-passphrase-file', seal.file);
    await command('wallet show', 'show', '--data', data);
    await command('wallet show --json', 'show', '--data', data, '--json');
    const { wif, forms } = formsIn(data);

    const credentials = join(folder, 'credentials');
    const program = new Program([
      ...['--json', ...anyPorts, '--data', data, ...vault, '--seal-passphrase-file', seal.file],
      ...['--test-credentials', credentials],
    ]);
    const { ports } = await program.ready();
    const payload = await released(ports['server'] ?? 0, credentials);
    expect(payload).toContain('wallet: vault\n');
    expect(payload).toContain(`wif: ${wif}\n`);
    const site = `http://127.0.0.1:${ports['http']}`;
    const challenged = await fetch(`${site}/challenge`, {
      method: 'POST',
      body: Buffer.from(hexToBytes('5a'.repeat(32))),
    });
    hear('/challenge', await challenged.text());
    for (const path of [
      '/',
      '/status.json',
      '/attestation.json',
      '/manifest.json',
      '/statistics',
      '/attempts',
      '/scope',
    ])
      hear(path, await (await fetch(site + path)).text());
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    hear('standard output', program.stdout);
    hear('standard error', program.stderr);
    for (const file of files(data)) {
      hear(file, readFileSync(file));
      if (file.endsWith('.zst')) hear(`${file}, decompressed`, textOf(file));
    }
    const where = new Set(heard.map((entry) => entry.where));
    for (const expected of [join(data, 'wallet.sealed'), '/status.json', 'wallet show', 'standard output'])
      expect([...where]).toContain(expected);
    expect(found(forms)).toEqual([]);
    // The search knows it where it is.
    hear('the release', payload);
    expect(found(forms)).toContain('WIF in the release');
    heard.pop();
  });
});

describe('the key of a classic wallet with a recovery copy', () => {
  test('is in the recovered text, and in nothing that was printed or written before', async () => {
    const data = join(folder, 'classic');
    const identity = await generateX25519Identity();
    writeFileSync(join(folder, 'identity'), `${identity}\n`, { mode: 0o600 });
    const flags = ['--seal-passphrase-file', seal.file, '--recovery', await identityToRecipient(identity)];
    await command('wallet new --recovery', 'new', '--data', data, ...flags);
    await command('wallet show', 'show', '--data', data);
    const { wif, forms } = formsIn(data);
    const [copy, out] = [join(data, 'wallet-recovery.age'), join(folder, 'recovered')];
    await command('wallet recover', 'recover', '--identity', join(folder, 'identity'), copy, '--out', out);
    for (const file of files(data)) hear(file, readFileSync(file));
    expect(readFileSync(out, 'utf8')).toContain(`wif: ${wif}\n`);
    expect(heard.map(({ where }) => where)).toContain(copy);
    expect(found([...forms, ['the identity', Buffer.from(identity)]])).toEqual([]);
  });
});
