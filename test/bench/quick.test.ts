import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bench = (...flags: string[]) =>
  promisify(execFile)(process.execPath, ['bench/run.ts', ...flags], { cwd: root, timeout: 500_000 });

/** That it runs, and on real handshakes, certificates and processes; never how fast: a test has no opinion of a machine. */
test('a quick benchmark measures and prints, and writes nothing', async () => {
  const { stdout } = await bench('--quick', '--only', 'G1,G4,G7,G8,G12,B1,R1,T1,T2,W1,K1');
  expect(stdout).toMatch(
    /^G1 .*\n +(met {3}|missed) [\d.e-]+ x \[.*\], goal >= 0.6 {2}\(of node:tls, with our own kernels\)$/m,
  );
  expect(stdout).toMatch(/^ +(met {3}|missed) [\d.e-]+ x \[.*\], goal >= 0.14 {2}\(of node:tls, with @noble\)$/m);
  expect(stdout).toMatch(/^ +2 x verifySignature, our own and @noble, µs: \d+ and \d+$/m);
  expect(stdout).toMatch(/^ +1 x answerKeyShare, our own and @noble, µs: \d+ and \d+$/m);
  expect(stdout).toMatch(/^G7 .*\n +(met {3}|missed) [\d.]+ x/m);
  expect(stdout).toMatch(/^G8 .*\n( +(met {3}|missed) [\d.]+ x.*\n){3}/m);
  expect(stdout).toMatch(/^B1 .*\n +(met {3}|missed) [\d.]+ x/m);
  expect(stdout).toMatch(/^R1 .*\n +(met {3}|missed) [\d.]+ µs/m);
  expect(stdout).toMatch(/^T1 .*\n +(met {3}|missed) [\d.]+ %/m);
  expect(stdout).toMatch(/^T2 .*\n +(met {3}|missed) [\d.]+ ms/m);
  expect(stdout).toMatch(/^W1 .*\n +(met {3}|missed) [\d.]+ ms/m);
  expect(stdout).toMatch(/^K1 .*\n +(met {3}|missed) [\d.]+ t, goal <= 4.5 {2}\(P-256 sign, by secret\)$/m);
  expect(stdout).toMatch(/^G12 .*\n +(met {3}|missed) [\d.]+ x/m);
});

test('an id that is not there is refused with those that are', async () => {
  await expect(bench('--only', 'G99')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('only G1, G2, G3, G4, G5, G6, G7, G8, G9, G10, G11, G12, B1, R1, T1, T2, W1'),
  });
});
