import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { anyPorts, Program } from './program.ts';
import { dial } from './relay.ts';

/* A whole process whose machine is resumed: what becomes of its connections, its wallet and itself. */

test('a process that was resumed ends at once with 75, and the next has the same wallet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-resumed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [generation, passphrase, data] = ['generation', 'pass', 'data'].map((name) => join(folder, name));
  if (generation === undefined || passphrase === undefined || data === undefined) throw new Error('three names');
  writeFileSync(generation, 'one\n');
  writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  const start = (): Program => {
    const program = new Program(['--json', ...anyPorts, '--data', data, '--seal-passphrase-file', passphrase], {
      node: ['--import', join(import.meta.dirname, 'resumed-machine.mjs')],
      environment: { TEST_VM_GENERATION: generation },
    });
    onTestFinished(async () => {
      await program.stop();
    });
    return program;
  };

  const first = start();
  const { ports, address, caSha256 } = await first.ready();
  // In the middle of something, and nothing is said to it any more.
  const guest = await dial(ports['server'] ?? 0);
  let said = 0;
  guest.on('data', (chunk) => {
    said += chunk.length;
  });
  // The kernel closes for it, one way or the other.
  const closed = new Promise((done) => guest.once('end', done).once('error', done));
  const sealed = readFileSync(join(data, 'wallet.sealed'));
  writeFileSync(generation, 'two\n');
  expect(await first.ended()).toEqual({ code: 75, signal: null });
  expect(first.stderr).toMatch(/ resumed shownBy=generation\n/);
  await closed;
  guest.destroy();
  expect(said).toBe(0);

  const second = start();
  const ready = await second.ready();
  expect(ready['address']).toBe(address);
  expect(ready['caSha256']).not.toBe(caSha256);
  expect(await second.stop()).toEqual({ code: 0, signal: null });
  expect(readFileSync(join(data, 'wallet.sealed'))).toEqual(sealed);
});
