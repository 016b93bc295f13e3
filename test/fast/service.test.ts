import './choose.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LivePinata } from '../support/live-pinata.ts';
import { Wire } from '../support/rogue/wire.ts';
import '../interop/chromium.test.ts';

let pinata: LivePinata;
beforeAll(async () => {
  pinata = await LivePinata.start([], false);
});
afterAll(async () => {
  Wire.closeAll();
  await pinata.stop();
});

test('the whole program computes with our own kernels, and says so', async () => {
  expect((await pinata.status()).crypto).toBe('fast');
  expect(JSON.parse(await pinata.text('/manifest.json'))).toMatchObject({
    metadata: { component: { properties: [{ name: 'btc-pinata:crypto', value: 'fast' }] } },
  });
});

test('its two ends, joined, give the key to each other', async () => {
  const [server, client] = [
    await Wire.connect(pinata.ready.ports.server),
    await Wire.connect(pinata.ready.ports.reverse),
  ];
  await Promise.all([carry(server, client), carry(client, server)]);
  const deadline = performance.now() + 60_000;
  while ((await pinata.status()).successes.paired < 2 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await pinata.status()).successes).toEqual({ paired: 2, unpaired: 0, test: 0 });
});

/** Until nothing more comes. */
async function carry(from: Wire, to: Wire): Promise<void> {
  for (;;) {
    const byte = await from.read(1);
    if (typeof byte === 'string') return to.end();
    to.write(byte);
  }
}
