import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { unifiedImage } from '../../infra/image/image.ts';
import { sampleConfiguration, testImage } from './booted.ts';
import { Guest } from './qemu.ts';

/* A machine that wants for memory: there is no process to be killed but the first, and the kernel does not go on without. */

/** Behind the program: once it has said that its ports are open, it takes memory for good. */
const glutton = `{
  const fs = require('node:fs');
  const { writeSync } = fs;
  const takeAll = () => { for (const held = [];;) held.push(Buffer.alloc(1 << 24, 1)); };
  fs.writeSync = (descriptor, said, ...rest) => {
    if (Buffer.from(said).includes('caSha256')) setTimeout(takeAll, 100);
    return writeSync(descriptor, said, ...rest);
  };
}
`;

test('the kernel restarts the machine, and who comes then has other authorities before them', async () => {
  const { bytes } = await bundle();
  const { kernel, initramfs } = unifiedImage({
    ...testImage,
    bundle: Buffer.concat([bytes, Buffer.from(glutton)]),
    node: runtime(repository).bytes,
  });
  const guest = Guest.start({
    firmware: { type: 'direct', machine: 'microvm', kernel, initramfs },
    userData: JSON.stringify(sampleConfiguration),
    restarts: true,
  });
  onTestFinished(() => guest.powerOff());
  await guest.says('Kernel panic - not syncing: System is deadlocked on memory');
  // The kernel's lines may be in the midst of ours, a hash is not.
  const authorities = () => [...guest.console.matchAll(/"caSha256":"([0-9a-f]{64})"/g)].map(([, sha256]) => sha256);
  expect(authorities()).toHaveLength(1);
  while (authorities().length < 2) {
    if (!guest.running) throw new Error(`the machine stopped:\n${guest.console}`);
    await delay(200);
  }
  expect(new Set(authorities()).size).toBe(2);
});
