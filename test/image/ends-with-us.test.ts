import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { required } from '../support/required.ts';

const linux = required.condition('Linux', process.platform === 'linux', 'run the tests on Linux');

/** Gone, or a zombie that nobody has asked for yet. */
function ended(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  try {
    return !existsSync(path) || / Z /.test(readFileSync(path, 'latin1'));
  } catch {
    return true;
  }
}

test.skipIf(linux.missing)('a machine does not outlive the test that was killed', async () => {
  const module = join(import.meta.dirname, 'ends-with-us.ts');
  const script = `
    import { endsWithUs } from ${JSON.stringify(module)};
    const machine = endsWithUs('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
    machine.stdout.once('data', () => console.log(machine.pid)); // by now it is cat
    machine.stdin.write('on');
  `;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line]: Buffer[] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  expect(pid).toBeGreaterThan(1);
  expect(ended(pid)).toBe(false);
  parent.kill('SIGKILL');
  await expect.poll(() => ended(pid), { timeout: 60_000 }).toBe(true);
});
