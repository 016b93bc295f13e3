import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deployCommand } from '../../infra/deploy/deploy-command.ts';
import { readDeployment, writeDeployment } from '../../infra/deploy/state-file.ts';
import { nextName } from '../../infra/deploy/successor.ts';
import { upgradeCommand } from '../../infra/deploy/upgrade-command.ts';
import { walletAddress, worldOf } from './fake-cloud.ts';
import { drafted, type Scene, scene } from './scene.ts';

/* A new release of a measured host: beside the old one, which nobody touches. */

const told = ['--network', 'regtest', '--refund-height', '1000', '--region', 'eu-west-1', '--yes'];
const old = (made: Scene) => readFileSync(join(made.folder, 'pinata', 'deployment.json'), 'utf8');

/** A deployment that is live, with another release than the one in `made.release` from now on. */
async function live(...more: readonly string[]) {
  const made = scene();
  const argv = ['--folder', made.folder, '--release', made.release];
  expect(await deployCommand([...argv, ...told, ...more], made.around), made.err()).toBe(0);
  const folder = join(made.folder, 'pinata');
  const deployment = readDeployment(folder) ?? drafted();
  writeDeployment(folder, {
    ...deployment,
    release: { ...deployment.release, version: '0.0.9', sha256: '99'.repeat(32) },
  });
  return { made, argv, before: old(made), things: made.cloud.things };
}

test('another host, wallet and refund key, with what was chosen; of the old one not a byte is another', async () => {
  const { made, argv, before, things } = await live('--email', 'a@b.example', '--chain', 'http://127.0.0.1:9/api');
  const said = made.out().length;
  expect(await upgradeCommand([...argv, '--refund-height', '2000', '--yes'], made.around), made.err()).toBe(0);
  expect(made.out().slice(said)).toContain(
    'pinata (release 0.0.9) is not touched. It runs on until its coins are claimed or, from block 1000 on, taken back by you;',
  );
  expect(made.out().slice(said)).toContain(walletAddress);
  const next = readDeployment(join(made.folder, 'pinata-2'));
  expect(next).toMatchObject({ name: 'pinata-2', provider: 'ec2', region: 'eu-west-1', state: 'live' });
  expect(next?.chosen).toMatchObject({
    network: 'regtest',
    lockHeight: 2000,
    email: 'a@b.example',
    sources: ['http://127.0.0.1:9/api'],
    hostName: null,
    pageDomain: null,
  });
  const key = (name: string) => readFileSync(join(made.folder, name, 'refund-key.wif'), 'utf8');
  expect(key('pinata-2')).not.toBe(key('pinata'));
  expect(old(made)).toBe(before);
  expect(made.cloud.things.slice(0, things.length)).toEqual(things);
  // Its image is there already, in this cloud: it knows a disk by its hash alone.
  expect(made.cloud.things.slice(things.length).map(({ kind }) => kind)).toEqual(['host', 'status']);
});

test('run again it is done, and a run that was interrupted is gone on with', async () => {
  const { made, argv, before } = await live();
  const words = [...argv, '--refund-height', '2000', '--yes'];
  const broken = {
    ...made.around,
    world: ({ folder }: { readonly folder: string }) => ({
      ...worldOf(made.cloud, folder),
      answers: async () => Promise.reject(Object.assign(new Error('x'), { name: 'Throttling' })),
    }),
  };
  expect(await upgradeCommand(words, broken)).toBe(1);
  expect(readDeployment(join(made.folder, 'pinata-2'))?.state).toBe('deploying:answer');
  const hosts = () => made.cloud.things.filter(({ kind }) => kind === 'host').length;
  expect(hosts()).toBe(2);
  expect(await upgradeCommand([...argv, '--yes'], made.around), made.err()).toBe(0);
  expect(await upgradeCommand([...argv, '--yes'], made.around)).toBe(0);
  expect(made.out()).toContain('pinata-2 runs release 0.1.0');
  expect([hosts(), existsSync(join(made.folder, 'pinata-3'))]).toEqual([2, false]);
  expect(old(made)).toBe(before);
});

test('a refund key that was given to the old one is that of the new one', async () => {
  const key = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
  const { made, argv } = await live('--refund-key', key);
  expect(await upgradeCommand([...argv, '--refund-height', '2000', '--yes'], made.around), made.err()).toBe(0);
  expect(readDeployment(join(made.folder, 'pinata-2'))?.chosen.refundKey).toBe(key);
});

test('a deployment that is not live with this very release is ended first', async () => {
  const { made, argv, before } = await live();
  const folder = join(made.folder, 'pinata');
  const { release } = readDeployment(folder) ?? drafted();
  rmSync(folder, { recursive: true });
  const again = scene();
  expect(
    await deployCommand([...argv, ...told], {
      ...again.around,
      world: ({ folder }) => ({
        ...worldOf(made.cloud, folder),
        answers: async () => Promise.reject(Object.assign(new Error('x'), { name: 'Throttling' })),
      }),
    }),
  ).toBe(1);
  expect(await upgradeCommand([...argv, '--yes'], made.around)).toBe(1);
  expect(made.err()).toContain('pinata is not live yet: end `btc-pinata deploy` first.');
  expect([release.version, before.length > 0, existsSync(join(made.folder, 'pinata-2'))]).toEqual([
    '0.0.9',
    true,
    false,
  ]);
});

test.each([
  [['--refund-height', 'soon'], '--refund-height is "soon"; a whole number is wanted.'],
  [['--host-name', 'Not A Name'], '--host-name is "Not A Name"; a DNS name in lower case is wanted.'],
])('wrong usage ends with status 2: %j', async (words, sentence) => {
  const { made, argv } = await live();
  expect(await upgradeCommand([...argv, '--yes', ...words], made.around)).toBe(2);
  expect(made.err()).toContain(`btc-pinata upgrade: ${sentence}`);
});

describe('the name of the next one', () => {
  test.each([
    ['pinata', 'pinata-2'],
    ['pinata-2', 'pinata-3'],
    ['pinata-9', 'pinata-10'],
    ['a-name-of-just-25-letters', 'a-name-of-just-25-lett-2'],
    ['a-name-of-24-letters-a-bc', 'a-name-of-24-letters-a-2'],
  ])('after %s is %s', (name, next) => {
    expect(nextName(name)).toBe(next);
    expect(next.length).toBeLessThanOrEqual(24);
  });
});
