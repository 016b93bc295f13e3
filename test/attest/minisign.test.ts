import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nameOf, readMinisignKey, verifyMinisign } from '../../service/attest/minisign.ts';
import { required } from '../support/required.ts';

const minisign = required.tool('minisign');

describe.skipIf(minisign.missing)('what minisign signed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-minisign-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...argv: readonly string[]) => execFileSync(minisign.path, argv, { cwd: folder, stdio: 'pipe' });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  const newKey = (name: string) => {
    run('-G', '-W', '-p', `${name}.pub`, '-s', `${name}.key`);
    const key = readMinisignKey(read(`${name}.pub`));
    if (key === undefined) throw new Error('the key cannot be read');
    return key;
  };
  const signed = (key: string, file: Uint8Array, ...more: readonly string[]): string => {
    writeFileSync(join(folder, 'file'), file);
    run('-S', '-W', '-s', `${key}.key`, '-m', 'file', '-x', 'file.minisig', '-t', 'release 0.1.0', ...more);
    return read('file.minisig');
  };

  const key = newKey('owner');
  const other = newKey('other');
  const file = new TextEncoder().encode('{"format":"btc-pinata/release/v1"}\n');
  const good = signed('owner', file);

  test.each([
    ['over the digest', good],
    ['over the file, as of old', signed('owner', file, '-l')],
    ['of nothing', signed('owner', new Uint8Array(0))],
  ])('is valid, with its comment: %s', (name, signature) => {
    const content = name === 'of nothing' ? new Uint8Array(0) : file;
    expect(verifyMinisign(content, signature, key)).toEqual({ valid: true, trustedComment: 'release 0.1.0' });
    expect(read('owner.pub')).toContain(nameOf(key.id));
  });

  test('another file, another key and another comment are not', () => {
    expect(verifyMinisign(file.subarray(1), good, key)).toMatchObject({ fault: expect.stringContaining('the file') });
    expect(verifyMinisign(file, good, other)).toMatchObject({ fault: expect.stringContaining(nameOf(other.id)) });
    const lying = good.replace('release 0.1.0', 'release 0.1.1');
    expect(verifyMinisign(file, lying, key)).toMatchObject({ fault: expect.stringContaining('comment') });
    // Who claims the id of a key still has not its secret.
    const impostor = { id: key.id, publicKey: other.publicKey };
    expect(verifyMinisign(file, good, impostor)).toMatchObject({ valid: false });
  });

  test('no prefix of a signature is one, and no other character at any place', () => {
    const text = good.trimEnd();
    for (let length = 0; length < text.length; length++) {
      expect(verifyMinisign(file, text.slice(0, length), key).valid, text.slice(0, length)).toBe(false);
    }
    const start = text.indexOf('\n') + 1;
    for (let at = start; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      expect(verifyMinisign(file, changed, key).valid, changed).toBe(false);
    }
    expect(verifyMinisign(file, `${text}\nmore\n`, key).valid).toBe(false);
  });
});

test.each(['', 'RWQ', 'untrusted comment: x\n!!!\n', 'A'.repeat(56), 'untrusted comment: nothing\n'])(
  'a key that is none: %j',
  (text) => expect(readMinisignKey(text)).toBeUndefined(),
);
