import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../service/host/folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'pinata-folder-'));
afterAll(() => rmSync(parent, { recursive: true }));

describe('a folder of the service', () => {
  it('is made for its owner alone, and taken as it is where it is there', () => {
    const path = join(parent, 'data');
    makeFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(() => makeFolder(path)).not.toThrow();
  });

  it('is refused without its parent, and where its parent holds none (mkdir -p of Node 24 loops there for ever)', () => {
    expect(() => makeFolder(join(parent, 'no', 'such'))).toThrow(/ENOENT/);
    if (existsSync('/proc')) expect(() => makeFolder('/proc/btc-pinata')).toThrow(/ENOENT/);
  });
});
