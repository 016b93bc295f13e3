import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientsOf } from '../../infra/deploy/clients.ts';
import { destroyCommand } from '../../infra/deploy/destroy-command.ts';
import { readDeployment, writeDeployment } from '../../infra/deploy/state-file.ts';
import { type TeardownWorld, teardownWorld } from '../../infra/deploy/teardown-world.ts';
import { fieldsOf } from '../attest/sample-statement.ts';
import { answered } from '../cloud/stand-ins.ts';
import { hostSaying } from './host-saying.ts';
import { drafted, refundKey, scene } from './scene.ts';

/* What is removed, and when it is not: the chain decides, and silence is no permission. */

const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const hash = (height: number): string => height.toString(16).padStart(64, '0');

/** An Esplora API, as much of it as a look takes. `held`: confirmed satoshis; `coming`: in no block yet. */
async function explorer(held: number, coming = 0): Promise<string> {
  return explorerOf(() => ({ held, coming }));
}

/** One that says at each look what is so by then. */
async function explorerOf(look: () => { readonly held: number; readonly coming: number }): Promise<string> {
  const stats = (sum: number) => ({
    funded_txo_count: sum > 0 ? 1 : 0,
    funded_txo_sum: sum,
    spent_txo_count: 0,
    spent_txo_sum: 0,
    tx_count: sum > 0 ? 1 : 0,
  });
  const status = (confirmed: boolean) =>
    confirmed ? { confirmed, block_height: 100, block_hash: hash(100), block_time: 1_700_000_000 } : { confirmed };
  const paying = (sum: number, confirmed: boolean) => ({
    txid: (confirmed ? 'a' : 'b').repeat(64),
    version: 2,
    locktime: 0,
    size: 100,
    weight: 400,
    fee: 100,
    vin: [],
    vout: [{ scriptpubkey: '0014751e76e8199196d454941c45d1b3a323f1433bd6', scriptpubkey_address: address, value: sum }],
    status: status(confirmed),
  });
  const answers = ({ held, coming }: ReturnType<typeof look>): Readonly<Record<string, unknown>> => ({
    [`/address/${address}`]: { address, chain_stats: stats(held), mempool_stats: stats(coming) },
    [`/address/${address}/txs`]: [
      ...(coming > 0 ? [paying(coming, false)] : []),
      ...(held > 0 ? [paying(held, true)] : []),
    ],
    [`/address/${address}/txs/mempool`]: coming > 0 ? [paying(coming, false)] : [],
    [`/address/${address}/txs/chain`]: held > 0 ? [paying(held, true)] : [],
    '/blocks': Array.from({ length: 10 }, (_, back) => block(105 - back)),
    '/blocks/tip/height': 105,
    '/blocks/tip/hash': hash(105),
  });
  const server: Server = createServer((asked, answer) => {
    const found = answers(look())[asked.url ?? ''];
    answer
      .writeHead(found === undefined ? 404 : 200)
      .end(typeof found === 'string' ? found : JSON.stringify(found ?? ''));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const block = (height: number) => ({
  id: hash(height),
  height,
  previousblockhash: hash(height - 1),
  timestamp: 1_700_000_000 + height,
  mediantime: 1_700_000_000 + height,
});

function deployed(kind: 'vault' | 'classic' = 'vault') {
  const made = scene();
  const folder = join(made.folder, 'pinata');
  writeDeployment(folder, {
    ...drafted({ refundKey }),
    host: {
      ...drafted().host,
      address: '192.0.2.7',
      serverId: 'i-1',
      imageId: 'ami-00000001',
      snapshotId: 'snap-00000001',
    },
    wallet: { network: 'regtest', address, kind, refundHeight: kind === 'vault' ? 1000 : null },
    status: { bucket: 'a-bucket', distribution: 'E1', url: 'https://d1.cloudfront.net/', poller: 'p' },
    stacks: ['PinataHost-pinata', 'PinataStatus-pinata'],
    state: 'live',
  });
  const removed: string[] = [];
  const world: TeardownWorld = {
    account: async () => '123456789012',
    findHost: async () => ({ address: '192.0.2.7' }),
    removeHost: async () => void removed.push('host'),
    removeImage: async () => void removed.push('image'),
    copyPage: async () => void removed.push('page-copy'),
    removePage: async () => void removed.push('page'),
  };
  const run = (words: readonly string[], more: Partial<TeardownWorld> = {}) =>
    destroyCommand(['--folder', made.folder, '--yes', ...words], {
      terminal: made.around.terminal,
      environment: {},
      world: () => ({ ...world, ...more }),
    });
  return { made, folder, removed, world, run };
}

describe('nothing is removed', () => {
  test('while coins are held', async () => {
    const { made, removed, run } = deployed();
    expect(await run(['--chain', await explorer(50_000)])).toBe(1);
    expect(made.err()).toContain(
      `are held by ${address}, and nothing was removed: from block 1000 on \`btc-pinata refund\` moves them; or --abandon-until 1000 leaves them locked until then.`,
    );
    expect(removed).toEqual([]);
  });

  test('while coins are on their way in', async () => {
    const { removed, run } = deployed();
    expect(await run(['--chain', await explorer(0, 50_000)])).toBe(1);
    expect(removed).toEqual([]);
  });

  test('where nobody can say whether they are', async () => {
    const { made, removed, run } = deployed();
    expect(await run([])).toBe(1);
    expect(made.err()).toContain(
      `nobody can say whether ${address} holds coins, and nothing was removed: name explorers`,
    );
    expect(removed).toEqual([]);
  });

  test('by the word of one explorer where several were asked', async () => {
    const { made, removed, run } = deployed();
    const silent = 'http://127.0.0.1:9';
    expect(await run(['--chain', await explorer(0), '--chain', silent])).toBe(1);
    expect(made.err()).toContain(`nobody can say whether ${address} holds coins, and nothing was removed`);
    expect(removed).toEqual([]);
  });

  test('where another run changed the deployment after it was looked at', async () => {
    const { made, folder, removed, run } = deployed();
    const { wallet, ...rest } = readDeployment(folder) ?? {};
    writeDeployment(folder, { ...drafted({ refundKey }), ...rest, wallet: null });
    // While the question stood there, `deploy` came to its end, and coins may have come to the wallet that it shows.
    const meanwhile = async (): Promise<string> => {
      writeDeployment(folder, { ...drafted({ refundKey }), ...rest, wallet: wallet ?? null });
      return 'y';
    };
    const status = await destroyCommand(['--folder', made.folder], {
      terminal: { ...made.around.terminal, ask: meanwhile },
      environment: {},
      world: () => ({
        account: async () => '123456789012',
        findHost: async () => undefined,
        removeHost: async () => void removed.push('host'),
        removeImage: async () => void removed.push('image'),
        copyPage: async () => void removed.push('page-copy'),
        removePage: async () => void removed.push('page'),
      }),
    });
    expect(status).toBe(1);
    expect(made.err()).toContain('another run has changed');
    expect(removed).toEqual([]);
    expect(await run(['--dry-run', '--abandon-until', '1000'])).toBe(0);
  });

  describe('where coins came while the question stood', () => {
    /** Asked, and answered with yes once `coming` satoshis are on their way to a wallet that held none. */
    async function asked(words: readonly string[], coming = 50_000) {
      const { made, removed, world } = deployed();
      let sum = 0;
      const url = await explorerOf(() => ({ held: 0, coming: sum }));
      const ask = async (question: string): Promise<string> => {
        expect([question, removed]).toEqual(['Remove pinata for good? [y/N] ', []]);
        sum = coming;
        return 'y';
      };
      const status = await destroyCommand(['--folder', made.folder, '--chain', url, ...words], {
        terminal: { ...made.around.terminal, ask },
        environment: {},
        world: () => world,
      });
      return { status, removed, out: made.out(), err: made.err() };
    }

    test('as before the question', async () => {
      const { status, removed, out, err } = await asked([]);
      expect(out).toContain(`${address} holds nothing.`);
      expect([status, err]).toEqual([
        1,
        `btc-pinata destroy: 0.00050000 BTC are held by ${address}, and nothing was removed: from block 1000 on \`btc-pinata refund\` moves them; or --abandon-until 1000 leaves them locked until then.\n`,
      ]);
      expect(removed).toEqual([]);
    });

    test('even where coins that are there were to be left behind', async () => {
      const { status, removed, err } = await asked(['--abandon-until', '1000']);
      expect(err).toBe(
        `btc-pinata destroy: this has changed while the question stood, and nothing was removed: 0.00050000 BTC are held by ${address}: they stay where they are until block 1000, and then your refund key alone can move them. Run this again, and look at what it says.\n`,
      );
      expect([status, removed]).toEqual([1, []]);
    });

    test('and where none came, all of it goes', async () => {
      const { status, removed, err } = await asked([], 0);
      expect(status, err).toBe(0);
      expect(removed).toHaveLength(4);
    });
  });

  test('of a deployment that lies under the name of another', async () => {
    const { made, folder, removed, run } = deployed();
    const copy = join(made.folder, 'other');
    writeDeployment(copy, readDeployment(folder) ?? drafted());
    for (const name of ['other', '../other', `../${basename(made.folder)}/pinata`]) {
      expect(await run(['--name', name, '--abandon-until', '1000']), name).toBe(1);
    }
    expect(made.err()).toContain('is of the deployment pinata, and other was named: nothing was touched');
    expect(removed).toEqual([]);
  });

  test('with another height than that of the vault, or none to wait for', async () => {
    const vault = deployed();
    expect(await vault.run(['--abandon-until', '999'])).toBe(2);
    expect(vault.made.err()).toContain('--abandon-until is 999, and the height of this vault is 1000.');
    const classic = deployed('classic');
    expect(await classic.run(['--abandon-until', '1000'])).toBe(2);
    expect(classic.made.err()).toContain('this wallet has no refund: its coins would be lost.');
    expect([...vault.removed, ...classic.removed]).toEqual([]);
  });

  test('with credentials of another account', async () => {
    const { made, removed, run } = deployed();
    expect(await run(['--abandon-until', '1000'], { account: async () => '210987654321' })).toBe(1);
    expect(made.err()).toContain('these credentials are of 210987654321: nothing was touched.');
    expect(removed).toEqual([]);
  });
});

describe('a host that was never verified', () => {
  /** As a run that ended at `verify` leaves it. `says`: the wallet on the page of the host; undefined: there is no page. */
  async function unverified(says?: string) {
    const made = deployed();
    const fields = { ...fieldsOf('classic', 'regtest'), address: says ?? '' };
    const page = says === undefined ? 1 : await hostSaying(() => fields);
    const before = readDeployment(made.folder) ?? drafted();
    const host = { ...before.host, address: '127.0.0.1', ports: { ...before.host.ports, http: page } };
    writeDeployment(made.folder, { ...before, wallet: null, host, state: 'deploying:verify' });
    return made;
  }

  test('is asked for its wallet, and stays while that holds coins', async () => {
    const { made, removed, run } = await unverified(address);
    expect(await run(['--chain', await explorer(50_000)])).toBe(1);
    expect(made.err()).toContain(`are held by ${address}, and nothing was removed: the key is on this host alone`);
    expect(removed).toEqual([]);
    expect(await run(['--chain', await explorer(0)]), made.err()).toBe(0);
    expect(removed).toHaveLength(4);
  });

  test('that does not answer is not taken for one with nothing in it', async () => {
    const { made, removed, run } = await unverified();
    expect(await run([])).toBe(1);
    expect(made.err()).toMatch(
      /which wallet it has is not known .* nothing was removed, because somebody may have paid/,
    );
    expect(await run([], { findHost: async () => ({ address: undefined }) })).toBe(1);
    expect(removed).toEqual([]);
    expect(await run(['--wallet-unknown']), made.err()).toBe(0);
    expect(made.out()).toContain('what that holds is lost');
    expect(removed).toHaveLength(4);
  });

  test('without an address is not taken for one either', async () => {
    const { made, folder, removed, run } = deployed();
    const before = readDeployment(folder) ?? drafted();
    writeDeployment(folder, { ...before, wallet: null, host: { ...before.host, address: null } });
    expect(await run([], { findHost: async () => ({ address: undefined }) })).toBe(1);
    expect(made.err()).toContain('(it has no address yet)');
    expect(removed).toEqual([]);
  });

  test('that the cloud does not have loses nobody a key', async () => {
    const { made, removed, run } = await unverified();
    expect(await run([], { findHost: async () => undefined }), made.err()).toBe(0);
    expect(made.out()).toContain('There is no host of it, so that no key is lost.');
    expect(removed).toHaveLength(4);
  });
});

test('an empty wallet lets everything go, and what is left is listed', async () => {
  const { made, folder, removed, run } = deployed();
  expect(await run(['--chain', await explorer(0)]), made.err()).toBe(0);
  expect(removed).toEqual(['host', 'image', 'page-copy', 'page']);
  expect(readDeployment(folder)).toMatchObject({
    state: 'destroyed',
    stacks: [],
    status: null,
    host: { address: null, serverId: null, imageId: null },
  });
  expect(made.out()).toContain(`${address} holds nothing.`);
  expect(made.out()).toContain('pinata is gone.\nWhat is left:\n');
  expect(await run([])).toBe(0);
  expect(removed).toHaveLength(4);
});

test('of a page with a domain of its own, the proof of its certificate is what is left in the zone', async () => {
  const { made, folder, run } = deployed();
  const before = readDeployment(folder) ?? drafted();
  const domain = { pageDomain: 'status.example.org', hostedZone: 'Z0123456789ABCDEFGHIJ' };
  writeDeployment(folder, { ...before, chosen: { ...before.chosen, hostName: 'pinata.example.org', ...domain } });
  expect(await run(['--chain', await explorer(0)]), made.err()).toBe(0);
  expect(made.out()).toContain('  the DNS records of pinata.example.org: remove them where you made them\n');
  expect(made.out()).toContain('  in the zone Z0123456789ABCDEFGHIJ the CNAME below status.example.org by which its ');
});

test('a vault is left locked where that is said with its height', async () => {
  const { made, removed, run } = deployed();
  expect(await run(['--abandon-until', '1000', '--chain', await explorer(50_000)]), made.err()).toBe(0);
  expect(made.out()).toContain(
    'they stay where they are until block 1000, and then your refund key alone can move them.',
  );
  expect(removed).toHaveLength(4);
});

test('what failed is tried again by the next run', async () => {
  const { folder, removed, run } = deployed();
  const broken = { removeImage: async () => Promise.reject(Object.assign(new Error('x'), { name: 'Throttling' })) };
  expect(await run(['--abandon-until', '1000'], broken)).toBe(1);
  expect(readDeployment(folder)?.state).toBe('destroying:image');
  expect(await run(['--abandon-until', '1000'])).toBe(0);
  expect(removed).toEqual(['host', 'host', 'image', 'page-copy', 'page']);
});

describe('a stack that this deployment never began', () => {
  /** Of somebody else in the same account and region, by the same name. What CDK would be asked for is given up at once. */
  function strange(stacks: readonly string[]) {
    const { made, folder } = deployed();
    const there = {
      CreationTime: new Date(0),
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [{ OutputKey: 'BucketName', OutputValue: 'theirs' }],
    };
    const nowhere = {
      endpoint: 'http://127.0.0.1:9',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of a test' },
    };
    const cloudFormation = answered(new CloudFormationClient({ ...nowhere, region: 'us-east-1' }), (command) => {
      if (!(command instanceof DescribeStacksCommand)) throw new Error('nobody asked for that');
      return { Stacks: [{ ...there, StackName: command.input.StackName }] };
    });
    const world = teardownWorld({
      folder,
      environment: {},
      signal: AbortSignal.abort(),
      clients: (region) => ({ ...clientsOf(region, nowhere), cloudFormation }),
      poller: made.folder,
    });
    return { world, deployment: { ...(readDeployment(folder) ?? drafted()), stacks: [...stacks] } };
  }

  test.each(['removeHost', 'copyPage', 'removePage'] as const)('is not touched by %s', async (call) => {
    const { world, deployment } = strange([]);
    await expect(world[call](deployment, () => undefined)).rejects.toThrow(
      /^Pinata(?:Host|Status)-pinata is there, and pinata never began it: .* `btc-pinata deploy --adopt`/,
    );
  });

  test('and one that it began is gone on with', async () => {
    const { world, deployment } = strange(['PinataStatus-pinata']);
    await expect(world.copyPage(deployment, () => undefined)).rejects.toThrow(/abort/i);
  });
});
