import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { watchGeneration } from '../../infra/sandbox/generation.ts';
import { sandboxManifest } from '../../infra/sandbox/manifest.ts';
import { configure } from '../../service/host/configuration.ts';
import { generationFile } from '../../service/host/instance.ts';

/* The word of a resumed machine (threats.md K3, V6), where it is given for the first time after the service has started. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-generation-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is not refused by Node, though there was no folder when it started', () => {
  const configured = configure({ argv: [], environment: {}, readFile: () => '{}' });
  if (configured.type !== 'run') throw new Error('no configuration');
  const { configuration } = configured;
  const { flags } = sandboxManifest({ configuration, privateAddresses: false, compiler: true, memoryMebibytes: 512 });
  // As there, in a place that a test may leave out.
  const read = JSON.stringify(join(folder, 'later', 'vm-generation'));
  const script = `try { require('node:fs').readFileSync(${read}); } catch (error) { require('node:fs').writeSync(1, error.code); }`;
  const elsewhere = flags.map((flag) => flag.replace(/\/run\/btc-pinata(?=\/|$)/, join(folder, 'later')));
  const { stdout } = spawnSync(process.execPath, [...elsewhere, '-e', script], { encoding: 'utf8' });
  expect(stdout).toBe('ENOENT');
  expect(flags).toContain(`--allow-fs-read=${generationFile}`);
});

it('is seen from outside of the sandbox, which has no such folder', async () => {
  const path = join(folder, 'outside', 'vm-generation');
  const generation = (): string | undefined => {
    try {
      return readFileSync(path, 'latin1').trim();
    } catch {
      return undefined;
    }
  };
  let seen = 0;
  const watch = watchGeneration(() => (seen += 1), generation, 20);
  // A service that runs keeps its process; a test has to do so itself.
  const kept = setInterval(() => undefined, 1000);
  mkdirSync(join(folder, 'outside'));
  writeFileSync(path, 'other\n');
  await expect.poll(() => seen, { timeout: 60_000 }).toBe(1);
  watch.stop();
  clearInterval(kept);
});
