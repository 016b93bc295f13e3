import { expect, it } from 'vitest';
import { descriptorLimit, withinDescriptors } from '../../service/host/descriptors.ts';
import { memoryInUse, memoryLimit, withinMemory } from '../../service/host/memory.ts';

/* A system with few descriptors: a full bounty must not close the page. Without this it did, and the log said nothing. */

const places = { connections: 12_000, connectionsPerPrefix: 1024, other: 'kept' };

it('reads what proc(5) tells', () => {
  const limits = 'Limit                     Soft Limit           Hard Limit           Units     \n';
  expect(
    descriptorLimit(() => `${limits}Max open files            1024                 524288               files     \n`),
  ).toBe(1024);
  expect(
    descriptorLimit(() => `${limits}Max open files            unlimited            unlimited            files     \n`),
  ).toBe(undefined);
  expect(
    descriptorLimit(() => {
      throw new Error('ENOENT');
    }),
  ).toBe(undefined);
});

it('leaves the places as they are where there are descriptors enough, or nobody knows', () => {
  expect(withinDescriptors(places, 524_288)).toBe(places);
  expect(withinDescriptors(places, 24_256)).toBe(places);
  expect(withinDescriptors(places, undefined)).toBe(places);
});

it.each([24_255, 4096, 1024, 300, 64])('both houses full, and %d descriptors are enough', (limit) => {
  const { connections, connectionsPerPrefix, other } = withinDescriptors(places, limit);
  expect(connections).toBeGreaterThanOrEqual(1);
  if (limit > 258) expect(2 * connections + 256).toBeLessThanOrEqual(limit);
  expect(connectionsPerPrefix).toBeLessThanOrEqual(Math.max(1, connections / 4));
  expect(other).toBe('kept');
});

/* A machine with little memory: a full house of guests who stop in the middle must fit into it. */

const MiB = 1024 * 1024;

it('takes the least of what the machine has and what the control group leaves', () => {
  expect(memoryLimit(1024 * MiB, 512 * MiB)).toBe(512 * MiB);
  expect(memoryLimit(1024 * MiB, 2 ** 64)).toBe(1024 * MiB);
  expect(memoryLimit(1024 * MiB, 0)).toBe(1024 * MiB);
  expect(memoryLimit()).toBeGreaterThan(0);
});

it.each([64, 300, 512, 1024, 2048, 8192])('both houses full, and %d MiB are enough', (size) => {
  const { connections, connectionsPerPrefix } = withinMemory(places, size * MiB);
  expect(connections).toBeGreaterThanOrEqual(1);
  expect(connections).toBeLessThanOrEqual(12_000);
  // 64 KiB read in one go, or 48 KiB of a hello and 68 KiB of its recording, and what surrounds it.
  if (size > 256) expect(2 * connections * 128 * 1024 + 256 * MiB).toBeLessThanOrEqual(size * MiB);
  if (connections < 12_000) expect(connectionsPerPrefix).toBeLessThanOrEqual(Math.max(1, connections / 4));
  if (size >= 8192) expect(withinMemory(places, size * MiB)).toBe(places);
});

it('tells what it takes, also where the kernel shows no processes', () => {
  const told = memoryInUse();
  const untold = memoryInUse(() => {
    throw new Error('ENOENT: no such file or directory, uv_resident_set_memory');
  });
  for (const { resident, heapUsed, heapTotal } of [told, untold]) {
    expect(resident).toBeGreaterThan(MiB);
    expect(heapUsed).toBeGreaterThan(MiB);
    expect(heapTotal).toBeGreaterThanOrEqual(heapUsed);
  }
});
