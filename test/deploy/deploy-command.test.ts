import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deployCommand, type Surroundings } from '../../infra/deploy/deploy-command.ts';
import { examine } from '../../infra/deploy/doctor.ts';
import { problem } from '../../infra/deploy/finding.ts';
import { writeDeployment } from '../../infra/deploy/state-file.ts';
import type { World } from '../../infra/deploy/world.ts';
import { walletAddress, worldOf } from './fake-cloud.ts';
import { clientsAt } from './on-emulated-aws.ts';
import { drafted, type Scene, scene } from './scene.ts';

/* The whole command but the clouds: what a person sees, and how it ends. */

const argv = (made: Scene, ...more: readonly string[]): readonly string[] => [
  ...['--folder', made.folder, '--release', made.release],
  ...more,
];
const told = ['--network', 'regtest', '--refund-height', '1000', '--region', 'eu-west-1'];

/** Times and folders of this run taken out. */
const shown = (made: Scene, text = made.out()): string =>
  text
    .replaceAll(made.folder, 'DEPLOYMENTS')
    .replaceAll(made.release, 'RELEASE')
    .replace(/\d+:\d\d\b/g, 'M:SS');

test('from the first question to the address', async () => {
  const made = scene(['', '', 'eu-west-1', 'regtest', '1000', 'pinata.example.org', '', 'y']);
  expect(await deployCommand(argv(made), made.around), made.err()).toBe(0);
  expect(made.err()).toBe('');
  await expect(shown(made)).toMatchFileSnapshot('deploy-command.txt');
});

test('the address is shown only once the host was verified', async () => {
  const made = scene();
  const world: Surroundings['world'] = ({ folder }): World => ({
    ...worldOf(made.cloud, folder),
    verify: async () => {
      expect(made.out()).not.toContain(walletAddress);
      throw Object.assign(new Error('the quote is of another machine'));
    },
  });
  expect(await deployCommand(argv(made, ...told, '--yes'), { ...made.around, world })).toBe(1);
  expect(made.out()).not.toContain(walletAddress);
});

test('run again, it changes nothing and says the same', async () => {
  const made = scene();
  await deployCommand(argv(made, ...told, '--yes'), made.around);
  const before = made.cloud.things;
  const first = made.out();
  expect(await deployCommand(argv(made, '--yes'), made.around), made.err()).toBe(0);
  expect(made.cloud.things).toEqual(before);
  expect(made.out().slice(first.length)).toContain(walletAddress);
});

test('nothing is done without a yes', async () => {
  const made = scene([]);
  expect(await deployCommand(argv(made, ...told, '--name', 'x', '--host', 'ec2'), made.around)).toBe(1);
  expect(made.err()).toBe('btc-pinata deploy: nothing was done.\n');
  expect([made.cloud.things, existsSync(join(made.folder, 'x'))]).toEqual([[], false]);
});

test('nothing is done where something is missing', async () => {
  const made = scene();
  const examine: Surroundings['examine'] = async () => ({
    findings: [problem('credentials', 'the credentials of AWS have expired: log in again')],
    identity: undefined,
  });
  expect(await deployCommand(argv(made, ...told, '--yes'), { ...made.around, examine })).toBe(1);
  expect(made.err()).toBe(
    'btc-pinata deploy: 1 of these must be put right first. credentials: the credentials of AWS have expired: log in again.\n',
  );
  expect(made.cloud.things).toEqual([]);
});

describe('a dry run where much is missing', () => {
  const nowhere = clientsAt('http://127.0.0.1:9', 1);
  const lookingAt = ({ around }: Scene): Surroundings => ({
    ...around,
    examine: (patient, release, doctor) => examine(patient, release, { ...doctor, clients: nowhere }),
    dryRun: async () => expect.fail('the tools are asked for what cannot be done'),
  });

  test('names all of it at once, and goes on looking without a release', async () => {
    const made = scene();
    const words = ['--folder', made.folder, '--release', '/nowhere', '--host', 'hetzner', '--dry-run', '--yes'];
    expect(await deployCommand([...words, ...told.slice(0, 4)], lookingAt(made))).toBe(1);
    expect(made.err()).toMatch(
      /^btc-pinata deploy: 3 of these must be put right first\. release: there is no \/nowhere\/release\.json: .* with --release\. token: HCLOUD_TOKEN is not set: .* and export it\. credentials: there is no way through to the cloud \(ECONNREFUSED\): .*\.\n$/,
    );
    expect(made.out()).toMatch(
      /^ {2}\? {4}AWS +what else is needed of it \(permissions, bootstrap, .* without credentials$/m,
    );
    expect(readdirSync(made.folder)).toEqual([]);
  });

  test('takes a release without an image for one more of it', async () => {
    const made = scene();
    const document = join(made.release, 'release.json');
    writeFileSync(document, readFileSync(document, 'utf8').replaceAll('btc-pinata.efi', 'btc-pinata.img'));
    expect(await deployCommand(argv(made, ...told, '--dry-run', '--yes'), lookingAt(made))).toBe(1);
    expect(made.err()).toMatch(
      /: 2 of these must be put right first\. release: the release in \S+ has no image for EC2: .*\. credentials: .*\n$/,
    );
  });

  test('of a deployment that is there keeps to its release', async () => {
    const made = scene();
    const there = { ...drafted(), host: { ...drafted().host, address: '192.0.2.7' } };
    writeDeployment(join(made.folder, 'pinata'), there);
    expect(
      await deployCommand(['--folder', made.folder, '--release', '/nowhere', '--dry-run', '--yes'], lookingAt(made)),
    ).toBe(1);
    expect(made.err()).toMatch(/: 2 of these must be put right first\. release: .*\. credentials: .*\n$/);
  });
});

test('credentials of another account touch nothing', async () => {
  const made = scene();
  writeDeployment(join(made.folder, 'pinata'), { ...drafted(), account: '210987654321' });
  expect(await deployCommand(argv(made, '--yes'), made.around)).toBe(1);
  expect(made.err()).toBe(
    'btc-pinata deploy: pinata is in the AWS account 210987654321, and these credentials are of 123456789012: nothing was touched.\n',
  );
  expect(made.cloud.things).toEqual([]);
});

describe('wrong usage ends with status 2, and says what is allowed', () => {
  test.each([
    [['--host', 'azure'], '--host is "azure"; allowed are ec2, hetzner, digitalocean.'],
    [
      ['--name', 'My Pinata'],
      '--name is "My Pinata"; allowed are up to 24 lower-case letters, digits and -, a letter first.',
    ],
    [['--network', 'bitcoin'], '--network is "bitcoin"; allowed are mainnet, testnet4, signet, regtest.'],
    [['--refund-height', 'soon'], '--refund-height is "soon"; a whole number is wanted.'],
    [['--zone', 'frankfurt'], '--zone is "frankfurt"; an availability zone of EC2 is wanted, as eu-west-1b.'],
    [['--hosted-zone', 'example.org'], '--hosted-zone is "example.org"; the id of a zone in Route 53 is wanted'],
    [['--yess'], '--yess is no option of this command. Did you mean --yes?'],
    [
      ['--network', 'regtest', '--yes'],
      'this is wanted:\n  --refund-height: From which block on may you take the coins back',
    ],
    [
      ['--yes'],
      'this is wanted:\n  --network: On which chain: mainnet, testnet4, signet, regtest\n  --refund-height: ',
    ],
    [[], 'nobody can be asked here, and this is not said:\n  --name: A name for this deployment; --yes takes pinata\n'],
    [['--config', '/nowhere.json'], '/nowhere.json cannot be read: '],
  ])('%j', async (words, sentence) => {
    const made = scene();
    expect(await deployCommand(argv(made, ...words), made.around)).toBe(2);
    expect(made.err()).toContain(`btc-pinata deploy: ${sentence}`);
  });
});

test('the file of --config has the keys of the flags, and flags outrank it', async () => {
  const made = scene();
  const config = join(made.folder, 'config.json');
  writeFileSync(config, JSON.stringify({ name: 'x', network: 'regtest', refundHeight: 7, region: 'eu-west-1' }));
  expect(
    await deployCommand(argv(made, '--config', config, '--refund-height', '9', '--yes'), made.around),
    made.err(),
  ).toBe(0);
  expect(made.out()).toContain('from block 9 on');
});

test('what a cloud said is one sentence, and the next run goes on', async () => {
  const made = scene();
  const denied = Object.assign(new Error('User: x is not authorized to perform: ec2:RegisterImage on resource: y'), {
    name: 'UnauthorizedOperation',
  });
  const world: Surroundings['world'] = ({ folder }) => ({
    ...worldOf(made.cloud, folder),
    image: async () => Promise.reject(denied),
  });
  expect(await deployCommand(argv(made, ...told, '--yes'), { ...made.around, world })).toBe(1);
  expect(made.err()).toBe(
    'btc-pinata deploy: AWS does not allow ec2:RegisterImage with these credentials: `btc-pinata doctor --policy` prints what has to be allowed.\n',
  );
  expect(await deployCommand(argv(made, '--yes'), made.around)).toBe(0);
  expect(made.cloud.things.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
});

test('the refund key is in its file, and in nothing else that is written or printed', async () => {
  const made = scene();
  await deployCommand(argv(made, ...told, '--yes'), made.around);
  const folder = join(made.folder, 'pinata');
  const wif = readFileSync(join(folder, 'refund-key.wif'), 'utf8').trim();
  expect(wif).toMatch(/^c[1-9A-HJ-NP-Za-km-z]{51}$/);
  expect(made.out() + made.err()).not.toContain(wif);
  const others = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'refund-key.wif',
  );
  expect(others.length).toBeGreaterThan(0);
  for (const { parentPath, name } of others) expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain(wif);
});
