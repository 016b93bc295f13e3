import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readPrivateFile } from '../../service/host/private-file.ts';

function file(mode: number) {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-private-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'secret');
  writeFileSync(path, 'a secret\r\n');
  chmodSync(path, mode);
  return { folder, path };
}
const read = (path: string, credentials: string | undefined, user = process.getuid?.()) =>
  String.fromCharCode(
    ...readPrivateFile({ named: '--key-file', path, longest: 64, allowed: 'a secret' }, { user, credentials }),
  );

describe('a file with a secret', () => {
  test('is its owner’s alone, and read without its line’s end', () => {
    for (const mode of [0o600, 0o400]) expect(read(file(mode).path, undefined)).toBe('a secret');
    for (const mode of [0o640, 0o440, 0o604, 0o620, 0o601])
      expect(() => read(file(mode).path, undefined)).toThrow(/others can get at it/);
  });

  test('of root may have an access list where systemd made it, which shows in the group’s rights', () => {
    const { folder, path } = file(0o440);
    for (const credentials of [folder, `${folder}/`]) {
      // Only root can make such a file here.
      if (process.getuid?.() === 0) expect(read(path, credentials)).toBe('a secret');
      else expect(() => read(path, credentials)).toThrow(/has mode 440/);
    }
    expect(() => read(path, join(folder, 'other'))).toThrow(/has mode 440/);
    for (const mode of [0o460, 0o444, 0o450, 0o441]) {
      const other = file(mode);
      expect(() => read(other.path, other.folder)).toThrow(/others can get at it/);
    }
  });

  test('of one user is refused by another, unless it is root’s', () => {
    const { path } = file(0o600);
    const user = process.getuid?.() ?? 0;
    if (user === 0) expect(read(path, undefined, 1)).toBe('a secret');
    else expect(() => read(path, undefined, user + 1)).toThrow(/belongs to user/);
  });

  test('is a regular one: nobody is waited for at a FIFO, and nothing is read from a device', () => {
    const { folder } = file(0o600);
    const [fifo, link] = [join(folder, 'fifo'), join(folder, 'link')];
    spawnSync('mkfifo', ['-m', '600', fifo]);
    symlinkSync('/dev/zero', link);
    for (const path of [fifo, link, folder]) expect(() => read(path, undefined)).toThrow(/is not a regular file/);
  });
});
