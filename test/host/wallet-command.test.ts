import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { walletCommand } from '../../infra/wallet.ts';

/* `btc-pinata wallet`, in this process: what it prints is caught. */

const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
const vaultFlags = ['--wallet', 'vault', '--refund-key', `02${operator}`, '--refund-height', '400000'];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-wallet-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
function privateFile(text: string): string {
  const path = join(folder(), 'file');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
const seal = (): readonly string[] => ['--seal-passphrase-file', privateFile('correct horse battery staple\n')];

async function wallet(...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((text) => out.push(`${text}\n`));
  vi.spyOn(console, 'error').mockImplementation((text) => err.push(`${text}\n`));
  try {
    const status = await walletCommand(argv);
    return { status, out: out.join(''), err: err.join('') };
  } finally {
    vi.restoreAllMocks();
  }
}

async function recipient() {
  const identity = await generateX25519Identity();
  return {
    identity,
    file: privateFile(`# created: today\n${identity}\n`),
    recovery: await identityToRecipient(identity),
  };
}

describe('wallet new', () => {
  test('makes a vault that show shows, and whose sealed file is all there is', async () => {
    const data = join(folder(), 'data');
    const { status, out, err } = await wallet('new', '--data', data, '--network', 'signet', ...vaultFlags, ...seal());
    expect([status, err]).toEqual([0, '']);
    for (const told of [
      'vault on signet',
      'tb1p',
      'in a block above 400000',
      'bitcoin:tb1p',
      operator,
      'try a small amount first',
    ])
      expect(out).toContain(told);
    expect(readdirSync(data)).toEqual(['wallet.sealed']);
    const shown = await wallet('show', '--data', data, '--json');
    expect(JSON.parse(shown.out)).toEqual({
      network: 'signet',
      kind: 'vault',
      address: expect.stringMatching(/^tb1p/),
      descriptor: expect.stringMatching(/^tr\([0-9a-f]{64},and_v\(v:pk\([0-9a-f]{64}\),after\(400000\)\)\)#/),
      uri: expect.stringMatching(/^bitcoin:tb1p/),
      keyOrigin: 'host',
      recovery: 'none',
      refund: { height: 400_000, publicKey: operator },
      sealedBy: 'passphrase',
    });
    const again = await wallet('new', '--data', data, '--network', 'signet', ...vaultFlags, ...seal());
    expect([again.status, again.out]).toEqual([2, '']);
    expect(again.err).toMatch(/has a wallet already, which is never overwritten/);
  });

  test.each([
    ['no data', [], /--data is missing/],
    ['no seal', ['--data', 'd'], /how to seal the key is missing/],
    ['two seals', ['--data', 'd', '--seal-systemd-creds', '--seal-passphrase-file', 'p'], /allowed: one of them/],
    ['a vault without refund', ['--data', 'd', '--seal-systemd-creds', '--wallet', 'vault'], /needs --refund-key/],
    [
      'a vault with a copy',
      ['--data', 'd', '--seal-systemd-creds', ...vaultFlags, '--recovery', `age1${'q'.repeat(58)}`],
      /a vault has no copy of its key/,
    ],
    [
      'no recipient',
      ['--data', 'd', '--seal-systemd-creds', '--recovery', 'me@example.org'],
      /wanted is an age recipient/,
    ],
    ['a copy for nobody', ['--data', 'd', '--seal-systemd-creds', '--recovery-copy', 'c'], /needs --recovery/],
    ['another network', ['--data', 'd', '--seal-systemd-creds', '--network', 'litecoin'], /"litecoin" is not allowed/],
    ['mainnet without a kind', ['--data', 'd', '--seal-systemd-creds', '--network', 'mainnet'], /needs --wallet/],
    ['a key', ['--data', 'd', '--key-file', 'k'], /--key-file is no option of this command/],
  ])('with %s is misuse', async (_name, words, expected) => {
    const { status, err } = await wallet('new', ...words);
    expect(status).toBe(2);
    expect(err).toMatch(expected);
    expect(err).toContain('`btc-pinata wallet --help` says more.');
  });

  test('no verb, or another, is misuse', async () => {
    expect((await wallet()).err).toMatch(/new, show or recover/);
    expect((await wallet('sweep')).err).toMatch(/"sweep" is nothing it can do/);
  });
});

describe('the recovery copy of a classic wallet', () => {
  test('is not left where the wallet that it is of could not be sealed: it would be taken for one of the next', async () => {
    const data = join(folder(), 'data');
    const { recovery } = await recipient();
    const short = ['--seal-passphrase-file', privateFile('short\n')];
    expect((await wallet('new', '--data', data, ...short, '--recovery', recovery)).status).toBe(2);
    expect(readdirSync(data)).toEqual([]);
    expect((await wallet('new', '--data', data, ...seal(), '--recovery', recovery)).status).toBe(0);
  });

  test('is for its recipient alone, disclosed, and gives what a winner gets', async () => {
    const data = join(folder(), 'data');
    const { identity, file, recovery } = await recipient();
    const { status, out } = await wallet('new', '--data', data, ...seal(), '--recovery', recovery);
    expect(status).toBe(0);
    expect(out).toContain(`a copy for ${recovery}`);
    const { address, recovery: disclosed } = JSON.parse((await wallet('show', '--data', data, '--json')).out);
    expect(disclosed).toBe(recovery);
    const copy = join(data, 'wallet-recovery.age');
    expect(statSync(copy).mode & 0o777).toBe(0o600);

    const to = join(folder(), 'payload');
    const recovered = await wallet('recover', '--identity', file, copy, '--out', to);
    expect([recovered.status, recovered.err]).toEqual([0, '']);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    const payload = readFileSync(to, 'utf8');
    expect(payload).toMatch(/^btc-pinata\/payload\/v1\nwallet: classic\n/);
    expect(payload).toContain(`address: ${address}\n`);
    const wif = /^wif: (.*)$/m.exec(payload)?.[1] ?? '';
    expect(wif).toMatch(/^c[1-9A-HJ-NP-Za-km-z]{51}$/);
    expect(out + recovered.out).not.toContain(wif);

    // As age's own library sees it.
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(armor.decode(readFileSync(copy, 'utf8')), 'text')).toBe(payload);

    const again = await wallet('recover', '--identity', file, copy, '--out', to);
    expect(again.status).toBe(1);
    expect(again.err).toMatch(/is there already, and is not overwritten/);
  });

  test('is not overwritten, and then no wallet is made', async () => {
    const data = join(folder(), 'data');
    const { recovery } = await recipient();
    const taken = privateFile('somebody else’s');
    const { status, err } = await wallet(
      'new',
      '--data',
      data,
      ...seal(),
      '--recovery',
      recovery,
      '--recovery-copy',
      taken,
    );
    expect(status).toBe(1);
    expect(err).toMatch(/is there already/);
    expect(readFileSync(taken, 'utf8')).toBe('somebody else’s');
    expect(readdirSync(data)).toEqual([]);
  });

  test('for a recipient that only looks like one is refused, and no wallet is made', async () => {
    const data = join(folder(), 'data');
    const { status, err } = await wallet('new', '--data', data, ...seal(), '--recovery', `age1${'q'.repeat(58)}`);
    expect([status, err]).toEqual([1, expect.stringContaining('--recovery: age takes no recipient')]);
    expect(readdirSync(data)).toEqual([]);
  });

  test('opens for nobody else, nor when it was changed or cut', async () => {
    const data = join(folder(), 'data');
    const mine = await recipient();
    const other = await recipient();
    await wallet('new', '--data', data, ...seal(), '--recovery', mine.recovery);
    const copy = join(data, 'wallet-recovery.age');
    const text = readFileSync(copy, 'utf8');
    const recover = (identity: string, path: string) => wallet('recover', '--identity', identity, path, '--print');
    const cut = privateFile(text.slice(0, -200));
    const lines = text.split('\n');
    const changed = privateFile([...lines.slice(0, 5), 'AAAA'.repeat(16), ...lines.slice(6)].join('\n'));
    for (const [identity, path, expected] of [
      [other.file, copy, /cannot be decrypted: it is for another identity, or it was changed or cut short/],
      [mine.file, cut, /is no recovery copy|cannot be decrypted/],
      [mine.file, changed, /cannot be decrypted/],
      [mine.file, '/nonexistent', /cannot be read \(ENOENT\)/],
      [privateFile('nothing'), copy, /has no one line that is an age identity/],
      [privateFile(`${mine.identity}\n${mine.identity}\n`), copy, /has no one line/],
      ['/nonexistent', copy, /--identity: .* cannot be read \(ENOENT\)/],
    ] as const) {
      const { status, out, err } = await recover(identity, path);
      expect([1, 2]).toContain(status);
      expect(out).toBe('');
      expect(err).toMatch(expected);
      expect(err).not.toContain(mine.identity);
    }
    chmodSync(mine.file, 0o644);
    expect((await recover(mine.file, copy)).err).toMatch(/has mode 644/);
  });

  test.each([
    ['nowhere', ['--identity', 'i', 'copy'], /where to is missing, or said twice/],
    ['twice', ['--identity', 'i', 'copy', '--print', '--out', 'o'], /where to is missing, or said twice/],
    ['no copy', ['--identity', 'i', '--print'], /the recovery copy is missing/],
    ['two copies', ['--identity', 'i', '--print', 'a', 'b'], /2 files were given/],
    ['no identity', ['copy', '--print'], /--identity is missing/],
  ])('to %s is misuse', async (_name, words, expected) => {
    const { status, err } = await wallet('recover', ...words);
    expect([status, err]).toEqual([2, expect.stringMatching(expected)]);
  });
});

test('show without a wallet says where one would be', async () => {
  const { status, err } = await wallet('show', '--data', folder());
  expect([status, err]).toEqual([2, expect.stringMatching(/has no wallet.sealed; allowed: the directory/)]);
});
