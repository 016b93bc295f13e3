import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, startOnFreePort } from './free-port.ts';
import { type PeerProcess, startForTest } from './peer-process.ts';

/** A program that listens on the port it is told, and says so, or says why not. */
const listening = (port: number): PeerProcess =>
  startForTest(process.execPath, ['-e', `require('net').createServer().listen(${port}, () => console.log('listens'))`]);

/** On every address. */
async function taken(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a port is handed out once, and is none that the kernel hands out', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) expect(port).toBeLessThan(32_768);
});

test('a program that finds its port taken is stopped, and started on another', async () => {
  const occupied = await taken();
  const tried: PeerProcess[] = [];
  const { port, peer } = await startOnFreePort((free) => {
    tried.push(listening(tried.length === 0 ? occupied : free));
    return tried.at(-1) ?? listening(free);
  }, /listens/);
  expect(tried).toHaveLength(2);
  expect(tried[0]?.output).toMatch(/EADDRINUSE: address already in use/);
  expect(peer).toBe(tried[1]);
  await expect(once(createServer().listen(port), 'listening')).rejects.toThrow(/EADDRINUSE/);
});

test('a program that ends for another reason is not started again', async () => {
  let starts = 0;
  const failing = (): PeerProcess => {
    starts += 1;
    return startForTest(process.execPath, ['-e', 'console.log("no such file")']);
  };
  await expect(startOnFreePort(failing, /listens/)).rejects.toThrow(/no such file/);
  expect(starts).toBe(1);
});

test('and one that never finds one free says which program, and what it said', async () => {
  const occupied = await taken();
  await expect(startOnFreePort(() => listening(occupied), /listens/)).rejects.toThrow(
    /4 others before:[\s\S]*EADDRINUSE/,
  );
});
