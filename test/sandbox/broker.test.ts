import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serveDials } from '../../infra/sandbox/broker.ts';

/* What a service that somebody has broken sends to its parent. */

/** Twenty listening sockets as Node has them inside, which is one more kind than its documentation names. */
const child = `
import { createServer } from 'node:net';
for (let count = 0; count < 20; count++) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.send({ type: 'nothing' }, server._handle);
}
process.send({ type: 'begun' });
setInterval(() => undefined, 1000);
`;

it('descriptors that nobody asked for are closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-broker-'));
  const path = join(folder, 'child.mjs');
  writeFileSync(path, child);
  const broken = fork(path, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  onTestFinished(() => {
    broken.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  await new Promise<void>((resolve) => {
    serveDials(broken, { port: 40_001, milliseconds: 1000, privateAddresses: true }, resolve);
  });
  await expect.poll(() => descriptors() - before, { timeout: 60_000 }).toBeLessThan(10);
});
