import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deployCommand } from '../../infra/deploy/deploy-command.ts';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { dryRun } from '../../infra/deploy/dry-run.ts';
import { releaseIn } from '../../infra/deploy/release-files.ts';
import { readDeployment, writeDeployment } from '../../infra/deploy/state-file.ts';
import { upgradeCommand } from '../../infra/deploy/upgrade-command.ts';
import { type Runner, vpsDeployed, vpsPreview } from '../../infra/deploy/vps.ts';
import type { VpsInputs } from '../../infra/vps/inputs.ts';
import type { RunOptions, UpOptions } from '../../infra/vps/run.ts';
import { drafted, refundKey, releaseFolder, scene } from './scene.ts';

/* What a deployment on a VPS asks Pulumi for. On the engine itself it is test/vps/deployed.pulumi.ts. */

const page = { bucket: 'b', distribution: 'E1', url: 'https://d1.cloudfront.net', poller: 'p' };
const chosen = (more: Partial<Deployment> = {}): Deployment => ({
  ...drafted({ host: 'hetzner', region: 'fsn1', refundKey }),
  ...more,
});

function vps(environment: NodeJS.ProcessEnv = { HCLOUD_TOKEN: 'a token' }) {
  const { folder } = scene();
  const asked: { inputs: VpsInputs; options: RunOptions | UpOptions; passphrase: string }[] = [];
  const kept = (inputs: VpsInputs, options: RunOptions | UpOptions) => {
    mkdirSync(options.folder, { recursive: true });
    asked.push({ inputs, options, passphrase: readFileSync(options.passphraseFile, 'utf8') });
  };
  const runner: Runner = {
    archiveFor: async () => ({ bytes: new Uint8Array(), sha256: 'ab'.repeat(32), build: 'cd'.repeat(32) }),
    fetchEngine: async () => ({ root: '/engine', home: '/home' }),
    preview: async (inputs, options) => {
      kept(inputs, options);
      return { steps: [], text: '\n+ hcloud:index:Server\n' };
    },
    up: async (inputs, options) => {
      kept(inputs, options);
      const outputs = { provider: 'hetzner', region: 'fsn1', address: '192.0.2.7', addressId: '2' } as const;
      return { ...outputs, serverId: '1', serverName: 'pinata-1', volumeId: '3' };
    },
  };
  const { signal } = new AbortController();
  return { asked, folder, vps: { root: '/checkout', folder, environment, signal, runner } };
}

const tell = (): void => undefined;

test('a preview before there is anything is what the engine says, and leaves nothing in the folder', async () => {
  const { asked, folder, vps: surroundings } = vps();
  const before = readdirSync(folder);
  expect(await vpsPreview(chosen({ status: page }), releaseIn(releaseFolder()), surroundings, tell)).toBe(
    '+ hcloud:index:Server',
  );
  expect(readdirSync(folder)).toEqual(before);
  const [{ inputs, options, passphrase } = expect.fail('nothing was asked')] = asked;
  expect(inputs).toMatchObject({ provider: 'hetzner', name: 'pinata', region: 'fsn1' });
  expect(inputs.userData).toContain(`https://d1.cloudfront.net/releases/host-${'ab'.repeat(32)}.tar.gz`);
  expect(options.folder.startsWith(folder)).toBe(false);
  expect(existsSync(options.folder)).toBe(false);
  expect(passphrase.length).toBeGreaterThan(30);
});

test('where there is a state, it is that one which is compared, with its passphrase', async () => {
  const { asked, folder, vps: surroundings } = vps();
  const release = releaseIn(releaseFolder());
  expect(await vpsDeployed(chosen({ status: page }), release, surroundings, tell, true)).toEqual({
    address: '192.0.2.7',
    serverId: '1',
  });
  await vpsPreview(chosen({ status: page }), release, surroundings, tell);
  expect(asked.map(({ options }) => options.folder)).toEqual(Array(2).fill(join(folder, 'pulumi')));
  expect(asked[0]).toMatchObject({ options: { replaceServer: true, token: 'a token' } });
  expect(asked[1]?.passphrase).toBe(asked[0]?.passphrase);
  expect(existsSync(join(folder, 'pulumi'))).toBe(true);
});

test('without a token nothing is begun, and the variable is named', async () => {
  const { asked, folder, vps: surroundings } = vps({ DIGITALOCEAN_TOKEN: 'of another cloud' });
  await expect(
    vpsDeployed(chosen({ status: page }), releaseIn(releaseFolder()), surroundings, tell, false),
  ).rejects.toThrow('HCLOUD_TOKEN is not set: make a token that may read and write at hetzner, and export it');
  expect(asked).toEqual([]);
  expect(existsSync(join(folder, 'pulumi'))).toBe(false);
});

test('a dry run before the page is there shows what Pulumi says, with a page of nobody', async () => {
  const { asked, vps: surroundings } = vps();
  const start = chosen();
  const withoutPage = { ...start, chosen: { ...start.chosen, statusPage: false } };
  const url = 'https://example.org/host.tar.gz';
  const text = await dryRun(
    { ...withoutPage, release: { ...start.release, url } },
    releaseIn(releaseFolder()),
    surroundings,
  );
  expect(text).toBe('What Pulumi would change:\n+ hcloud:index:Server');
  expect(asked[0]?.inputs.userData).toContain(url);
});

test('deploy and upgrade show it with --dry-run, and change nothing', async () => {
  vi.stubEnv('HCLOUD_TOKEN', 'a token');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const made = scene();
  const words = ['--folder', made.folder, '--release', made.release, '--dry-run'];
  const where = ['--host', 'hetzner', '--region', 'fsn1', '--network', 'regtest', '--refund-height', '1000', '--yes'];
  expect(await deployCommand([...words, ...where], made.around), made.err()).toBe(0);
  expect(made.out()).toMatch(/what the tools would change of pinata\n$/);
  expect(made.cloud.things).toEqual([]);
  expect(existsSync(join(made.folder, 'pinata'))).toBe(false);

  const folder = join(made.folder, 'pinata');
  const wallet = { network: 'regtest', address: 'bcrt1pw', kind: 'vault', refundHeight: 1000 } as const;
  const { host } = chosen();
  const live = chosen({ state: 'live', wallet, status: page, host: { ...host, address: '192.0.2.7', serverId: '1' } });
  writeDeployment(folder, live);
  const said = made.out().length;
  expect(await upgradeCommand(words, made.around), made.err()).toBe(0);
  expect(made.out().slice(said)).toContain('What will be done:');
  expect(made.out().slice(said)).toMatch(/what the tools would change of pinata\n$/);
  expect(readDeployment(folder)).toEqual(live);
  expect(made.cloud.things).toEqual([]);
});
