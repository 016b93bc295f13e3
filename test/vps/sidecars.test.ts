import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeBrokenSidecars } from '../../infra/vps/sidecars.ts';

test('of what the engine keeps beside its state, what is not whole is removed, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-sidecars-'));
  try {
    removeBrokenSidecars(folder);
    const stacks = join(folder, '.pulumi', 'stacks', 'btc-pinata');
    mkdirSync(stacks, { recursive: true });
    const files = { 'demo.json': '', 'demo.json.attrs': '', 'demo.json.bak': '{', 'demo.json.bak.attrs': '{"user.c' };
    for (const [name, text] of Object.entries({ ...files, 'other.json.attrs': '{"md5":""}' })) {
      writeFileSync(join(stacks, name), text);
    }
    removeBrokenSidecars(folder);
    expect(readdirSync(stacks).sort()).toEqual(['demo.json', 'demo.json.bak', 'other.json.attrs']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
