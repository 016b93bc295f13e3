import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { logsCommand, type PowerSurroundings, rotateCommand } from '../../infra/deploy/host-commands.ts';
import type { HostPower } from '../../infra/deploy/host-power.ts';
import { writeDeployment } from '../../infra/deploy/state-file.ts';
import { upgradeCommand } from '../../infra/deploy/upgrade-command.ts';
import { encodeStatement, type StatementFields } from '../../service/bitcoin/index.ts';
import { fieldsOf } from '../attest/sample-statement.ts';
import { FakeCloud } from './fake-cloud.ts';
import { hostSaying } from './host-saying.ts';
import { drafted, refundKey, scene } from './scene.ts';

/* Verbs that act on a host through its cloud: what is asked of the cloud, and what is made of what the host says. */

const sampleFields = fieldsOf('vault', 'regtest');

function deployed(http: number) {
  const made = scene();
  const start = drafted({ refundKey });
  writeDeployment(join(made.folder, 'pinata'), {
    ...start,
    host: { ...start.host, address: '127.0.0.1', ports: { ...start.host.ports, http }, serverId: 'i-1' },
    state: 'live',
  });
  const around = (power: Partial<HostPower>): PowerSurroundings => ({
    terminal: made.around.terminal,
    environment: {},
    power: () => ({
      account: async () => '123456789012',
      reboot: async () => undefined,
      console: async () => '',
      ...power,
    }),
  });
  return { made, around, argv: ['--folder', made.folder, '--yes'] };
}

test('rotate restarts the host, and waits for other authorities of the same wallet', async () => {
  let fields: StatementFields = sampleFields;
  const { made, around, argv } = deployed(await hostSaying(() => fields));
  const reboot = async ({ host }: { readonly host: { readonly serverId: string | null } }): Promise<void> => {
    expect(host.serverId).toBe('i-1');
    fields = { ...sampleFields, caSha256: '12'.repeat(32) };
  };
  expect(await rotateCommand(argv, around({ reboot })), made.err()).toBe(0);
  expect(made.out()).toContain('It is back, with the authority 1212121212121212..., and the same wallet.');
});

test('a host that comes back with another wallet is an error', async () => {
  let fields: StatementFields = sampleFields;
  const { made, around, argv } = deployed(await hostSaying(() => fields));
  const reboot = async (): Promise<void> => {
    fields = { ...sampleFields, caSha256: '12'.repeat(32), address: fieldsOf('classic', 'regtest').address };
  };
  expect(await rotateCommand(argv, around({ reboot }))).toBe(1);
  expect(made.err()).toContain('the host came back with another wallet');
});

test('nothing is restarted with credentials of another account, nor a host that does not answer', async () => {
  const reboots: string[] = [];
  const reboot = async (): Promise<void> => void reboots.push('reboot');
  const { made, around, argv } = deployed(1);
  expect(await rotateCommand(argv, around({ reboot, account: async () => '210987654321' }))).toBe(1);
  expect(await rotateCommand(argv, around({ reboot }))).toBe(1);
  expect(made.err()).toContain('these credentials are of 210987654321: nothing was touched.');
  expect(made.err()).toContain('the host does not answer at http://127.0.0.1:1/attestation.json');
  expect(reboots).toEqual([]);
});

test('what a console says is made harmless to a terminal', async () => {
  const { made, around, argv } = deployed(1);
  const console = async (): Promise<string> => 'one\r\n\u001b[2Jtwo\n';
  expect(await logsCommand(argv, around({ console }))).toBe(0);
  expect(made.out()).toMatch(/^one\n/);
  expect(made.out()).not.toContain('\u001b');
});

test('a VPS gets a new server with its wallet, and the page learns of the release', async () => {
  const made = scene();
  const start = drafted({ host: 'hetzner', region: 'fsn1', refundKey });
  const wallet = { network: 'regtest', address: 'bcrt1pw', kind: 'vault', refundHeight: 1000 } as const;
  const status = { bucket: 'bucket-pinata', distribution: 'E1', url: 'https://d1.cloudfront.net/', poller: 'p' };
  const host = { ...start.host, address: '192.0.2.7', serverId: '1' };
  writeDeployment(join(made.folder, 'pinata'), { ...start, host, wallet, status, state: 'live' });
  const argv = ['--folder', made.folder, '--release', made.release, '--yes'];
  const replaced: (boolean | undefined)[] = [];
  const around = {
    ...made.around,
    world: (options: Parameters<typeof made.around.world>[0]) => {
      const world = made.around.world(options);
      const verify: typeof world.verify = async (deployment, tell) => ({
        ...(await world.verify(deployment, tell)),
        address: wallet.address,
      });
      replaced.push(options.replaceServer);
      return { ...world, verify };
    },
  };
  expect(await upgradeCommand(argv, around), made.err()).toBe(0);
  expect(new FakeCloud(made.folder).things.map(({ kind }) => kind)).toEqual(['release', 'host', 'status']);
  expect(new Set(replaced)).toEqual(new Set([true]));
  expect(made.out()).toContain('A new server takes the address and the volume; the old one is deleted last.');
  expect(await upgradeCommand(argv, around)).toBe(0);
  expect(made.out()).toContain('already.');
});

test('a host that sends elsewhere is not followed, and what never ends is not read', async () => {
  let elsewhere = 0;
  const inside = createServer((_, answer) => {
    elsewhere += 1;
    answer.end(JSON.stringify({ statement: encodeStatement(sampleFields).text }));
  });
  const endless = 'x'.repeat(1024 * 1024);
  const host = createServer((_, answer) => {
    if (long) answer.end(endless);
    else answer.writeHead(302, { location: `http://127.0.0.1:${(inside.address() as AddressInfo).port}/` }).end();
  });
  let long = false;
  for (const server of [inside, host]) {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  const { made, around, argv } = deployed((host.address() as AddressInfo).port);
  let rebooted = 0;
  const reboot = async (): Promise<void> => {
    rebooted += 1;
  };
  expect(await rotateCommand(argv, around({ reboot }))).toBe(1);
  long = true;
  expect(await rotateCommand(argv, around({ reboot }))).toBe(1);
  expect(made.err()).toContain('its answer is over 131072 bytes');
  expect([elsewhere, rebooted]).toEqual([0, 0]);
});
