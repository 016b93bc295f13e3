import { describe, expect, test } from 'vitest';
import { configure } from '../../service/host/configuration.ts';
import { keepingOf, kindOf, refundOf } from '../../service/host/wallet-settings.ts';

/** Twice the generator point. */
const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
const refund = ['--refund-key', `02${operator}`, '--refund-height', '400000'];

function read(...argv: readonly string[]) {
  return configure({ argv, environment: {}, readFile: () => '{}' });
}
function problems(...argv: readonly string[]): readonly string[] {
  const result = read(...argv);
  return result.type === 'problems' ? result.problems : [];
}
function settings(...argv: readonly string[]) {
  const result = read(...argv);
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  return result.configuration;
}

describe('the kind of wallet', () => {
  test('is classic on regtest, and with a key that is handed in', () => {
    expect(kindOf(settings())).toBe('classic');
    expect(kindOf(settings('--network', 'mainnet', '--key-file', 'k'))).toBe('classic');
    expect(kindOf(settings('--network', 'mainnet', '--key-credential', 'wallet-key'))).toBe('classic');
    expect(kindOf(settings('--wallet', 'vault', ...refund))).toBe('vault');
  });

  test.each(['signet', 'testnet4', 'mainnet'])('has to be said on %s', (network) => {
    expect(problems('--network', network, '--ephemeral')).toEqual([
      expect.stringContaining(`--network: "${network}" needs --wallet`),
    ]);
    expect(problems('--network', network, '--ephemeral', '--wallet', 'classic')).toEqual([]);
  });
});

describe('the refund', () => {
  test('is what a vault takes, whole', () => {
    expect(problems('--wallet', 'vault')).toHaveLength(2);
    expect(problems('--wallet', 'vault', ...refund.slice(0, 2))).toEqual([expect.stringContaining('--refund-height')]);
    expect(problems('--wallet', 'vault', ...refund.slice(2))).toEqual([expect.stringContaining('--refund-key')]);
    for (const form of [operator, `02${operator}`, `03${operator}`, operator.toUpperCase()]) {
      const given = settings('--wallet', 'vault', '--refund-key', form, '--refund-height', '400000');
      expect(refundOf(given)).toEqual({ height: 400_000, publicKey: operator });
    }
  });

  test('is what a classic wallet has not', () => {
    expect(problems(...refund)).toHaveLength(2);
    expect(problems('--wallet', 'classic', ...refund.slice(0, 2))).toEqual([
      '--refund-key: a classic wallet has no refund; allowed with --wallet vault',
    ]);
  });

  test.each(['0', '500000000', '1700000000', '-1', '1.5', '0x10', 'soon'])('height %s is refused', (height) => {
    expect(problems('--wallet', 'vault', '--refund-key', operator, `--refund-height=${height}`)).toEqual([
      expect.stringMatching(/^--refund-height: .* allowed: a height of a block, from 1 to 499999999/),
    ]);
  });

  test.each([
    ['no point', '0'.repeat(64)],
    ['no x of a point', `${'0'.repeat(63)}5`],
    ['above the field', 'f'.repeat(64)],
    ['uncompressed', `04${operator}${operator}`],
    ['too short', operator.slice(2)],
    ['a WIF', 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA'],
  ])('a key that is %s is refused, and not repeated: it might be a private one', (_name, key) => {
    const [found = '', ...more] = problems('--wallet', 'vault', '--refund-height', '9', '--refund-key', key);
    expect(more).toEqual([]);
    expect(found).toMatch(/^--refund-key: what it was given is not allowed; allowed: a public key in hex/);
    expect(found).not.toContain(key);
  });
});

describe('what keeps the key', () => {
  test('is nothing on regtest unless it is said, and has to be said elsewhere', () => {
    expect(keepingOf(settings())).toEqual({ type: 'ephemeral', chosen: false });
    expect(keepingOf(settings('--ephemeral'))).toEqual({ type: 'ephemeral', chosen: true });
    expect(problems('--network', 'signet', '--wallet', 'classic')).toEqual([
      expect.stringMatching(/needs to be told what keeps the key; allowed, one of them: --key-file, .* or --ephemeral/),
    ]);
    const [ofVault = ''] = problems('--network', 'signet', '--wallet', 'vault', ...refund);
    expect(ofVault).not.toContain('--key-file');
  });

  test('is one thing', () => {
    const given = ['--key-file', 'k', '--seal-passphrase-file', 'p', '--data', 'd'];
    expect(problems(...given)).toEqual([
      '--key-file and --seal-passphrase-file: each says where the key is from; allowed: one of them',
    ]);
    expect(problems('--ephemeral', '--seal-systemd-creds', '--data', 'd')).toHaveLength(1);
  });

  test('is in --data where it is sealed', () => {
    expect(problems('--seal-systemd-creds')).toEqual([expect.stringMatching(/^--seal-systemd-creds: needs --data/)]);
    expect(keepingOf(settings('--seal-systemd-creds', '--data', 'd'))).toEqual({
      type: 'sealed',
      data: 'd',
      seal: { type: 'systemd-creds' },
    });
    expect(keepingOf(settings('--seal-passphrase-file', 'p', '--data', 'd'))).toEqual({
      type: 'sealed',
      data: 'd',
      seal: { type: 'passphrase', file: 'p' },
    });
  });

  test.each([
    ['--key-file', 'k'],
    ['--key-credential', 'wallet-key'],
  ])('is never %s for a vault', (flag, value) => {
    expect(problems('--wallet', 'vault', ...refund, flag, value)).toEqual([
      `${flag}: not allowed with --wallet vault, whose key is made inside and known to nobody; allowed: --wallet classic`,
    ]);
  });

  test.each(['../key', 'a/b', '..', '', 'x'.repeat(65)])('a credential is not called %j', (name) => {
    expect(problems(`--key-credential=${name}`)).toEqual([expect.stringContaining('--key-credential')]);
  });
});
