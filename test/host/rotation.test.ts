import { expect, test } from 'vitest';
import { Credentials } from '../../service/bounty/credentials.ts';
import { generationEntropyLength } from '../../service/bounty/generation.ts';
import type { HandedGeneration } from '../../service/bounty/handed-generation.ts';
import { rotateIfDue } from '../../service/host/rotation.ts';
import { now, random } from '../bounty/table.ts';

/* The order of a rotation with other threads: they have their keys, it is published, it is taken; and nothing of it otherwise. */

function scene() {
  const happened: string[] = [];
  const handed: HandedGeneration[] = [];
  const failing = new Set<'prepare' | 'publish'>();
  const credentials = new Credentials(
    {
      lifetimeSeconds: 90 * 86_400,
      website: { dnsNames: ['localhost'], ipAddresses: [] },
      testCredentials: false,
      handsOver: true,
      publish: ({ published: { number } }) => {
        if (failing.has('publish')) throw new Error('no space left');
        happened.push(`published ${number}`);
      },
    },
    random(generationEntropyLength),
    now,
  );
  const rotate = (): Promise<void> =>
    rotateIfDue({
      credentials,
      clock: { seconds: () => credentials.rotationDue, monotonic: () => 0 },
      entropy: random,
      threads: {
        prepare: async (generation) => {
          handed.push(generation);
          await Promise.resolve();
          if (failing.has('prepare')) throw new Error('the thread "doors 2" does not answer');
          happened.push(`ready ${generation.number}`);
        },
        adopt: () => void happened.push('adopted'),
        abandon: () => void happened.push('abandoned'),
      },
      onRotated: ({ number }) => void happened.push(`rotated ${number}`),
      onError: (error) => void happened.push(String(error)),
    });
  return { happened, handed, failing, credentials, rotate };
}

test('a generation is published once all threads have its keys, and taken then', async () => {
  const { happened, credentials, rotate } = scene();
  await rotate();
  expect(happened).toEqual(['published 1', 'ready 2', 'published 2', 'adopted', 'rotated 2']);
  expect(credentials.current.number).toBe(2);
});

test('nobody is shown a generation that a thread did not prepare, and the next one has its number', async () => {
  const { happened, handed, failing, credentials, rotate } = scene();
  const { current } = credentials;
  failing.add('prepare');
  await rotate();
  expect(happened).toEqual(['published 1', 'abandoned', 'Error: the thread "doors 2" does not answer']);
  expect(credentials.published).toEqual([current]);
  expect(credentials.lease('server').generation).toBe(current);
  failing.clear();
  happened.length = 0;
  await rotate();
  expect(happened).toEqual(['ready 2', 'published 2', 'adopted', 'rotated 2']);
  expect(handed.map(({ number }) => number)).toEqual([2, 2]);
  expect(credentials.published.map(({ number }) => number)).toEqual([2, 1]);
});

test('the threads take no generation that cannot be published', async () => {
  const { happened, failing, credentials, rotate } = scene();
  failing.add('publish');
  await rotate();
  expect(happened).toEqual(['published 1', 'ready 2', 'abandoned', 'Error: no space left']);
  expect(credentials.current.number).toBe(1);
});
