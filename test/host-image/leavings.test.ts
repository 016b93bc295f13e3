import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearLeavings, type Leaving, willMake } from './leavings.ts';

/* What a run of test:host that was killed has left is removed by the next one, and nothing of a run that goes on. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinata-leavings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('what a dead process wrote down is removed, the last first; half a line is nothing', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  const network: Leaving = { kind: 'network', name: 'pinata-1234-m' };
  const disk: Leaving = { kind: 'folder', path: join(folder, 'disk') };
  const lines = [JSON.stringify(disk), JSON.stringify(network), '{"kind":"folder","path":"/'];
  const records = join(folder, 'records');
  mkdirSync(records);
  writeFileSync(join(records, `${child.pid}-1`), lines.join('\n'));
  const seen: Leaving[] = [];
  const remove = (one: Leaving): boolean => seen.push(one) > 0;
  expect(clearLeavings(records, remove)).toEqual([network, disk]);
  expect(seen).toEqual([network, disk]);
  expect(clearLeavings(records, remove)).toEqual([]);
  expect(readdirSync(records)).toEqual([]);
});

test('what a process that lives wrote down is left to it, but not what one of its number did before', () => {
  const records = join(folder, 'records');
  const [mine, theirs] = [join(folder, 'mine'), join(folder, 'theirs')];
  for (const path of [mine, theirs]) mkdirSync(path);
  willMake({ kind: 'folder', path: mine }, records);
  writeFileSync(join(records, `${process.pid}-1`), `${JSON.stringify({ kind: 'folder', path: theirs })}\n`);
  expect(clearLeavings(records)).toEqual([{ kind: 'folder', path: theirs }]);
  expect([existsSync(mine), existsSync(theirs)]).toEqual([true, false]);
  // Gone already: it came to its end.
  rmSync(theirs, { recursive: true, force: true });
  writeFileSync(join(records, `${process.pid}-1`), `${JSON.stringify({ kind: 'folder', path: theirs })}\n`);
  expect(clearLeavings(records)).toEqual([]);
});
