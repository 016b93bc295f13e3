import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { names } from '../../infra/build/artefacts.ts';
import { imageNames } from '../../infra/build/images.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { awsWorld } from '../../infra/deploy/aws-world.ts';
import { type Clients, clientsOf } from '../../infra/deploy/clients.ts';
import { deployCommand, type Surroundings } from '../../infra/deploy/deploy-command.ts';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { destroyCommand } from '../../infra/deploy/destroy-command.ts';
import { examine } from '../../infra/deploy/doctor.ts';
import { readDeployment } from '../../infra/deploy/state-file.ts';
import { teardownWorld } from '../../infra/deploy/teardown-world.ts';
import { disk } from '../../infra/image/disk.ts';
import { keptKernel } from '../../infra/image/kernel.ts';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';
import { TwoNodes } from '../e2e/wallet-chain.ts';
import { imageOfCheckout, served } from '../image/booted.ts';
import { GuestTpm } from '../image/guest-tpm.ts';
import { Guest } from '../image/qemu.ts';
import { verified } from '../image/verified.ts';
import { required } from '../support/required.ts';
import { type EmulatedCloud, startCloud } from './emulated-cloud.ts';
import { instanceUserData } from './instance-user-data.ts';
import { readSnapshot } from './snapshot.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

/*
 * The measured host: the image of this checkout is uploaded to the emulated EBS, registered, and deployed with its stack. Then
 * a machine of qemu, with a TPM, boots what the API gives back of that snapshot, and is told what EC2 says to the instance.
 */

const region = 'us-east-1';
const name = 'measured';
const refundHeight = 5000;
const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const emulator = existsSync('/usr/bin/qemu-system-x86_64') && existsSync('/usr/share/OVMF/OVMF_CODE_4M.fd');
const kernel = required.obtainable(
  'the kernel of the measured image, qemu and OVMF',
  emulator && keptKernel() !== undefined,
  'npm run test:image -- --install && npm run test:image -- --kernel',
);
const tools = [required.tool('swtpm'), required.tool('litecoind')] as const;

describe.skipIf(cloudPrograms.missing || kernel.missing || tools.some(({ missing }) => missing))(
  'the measured host',
  () => {
    test('is what was uploaded, registered and deployed, and is verified as far as a TPM of tests reaches', async () => {
      const image = await imageOfCheckout();
      const [cloud, nodes, tpm] = await Promise.all([startCloud(region), TwoNodes.start(), GuestTpm.manufacture()]);
      const folder = mkdtempSync(join(tmpdir(), 'pinata-measured-'));
      const guests: Guest[] = [];
      onTestFinished(async () => {
        for (const guest of guests) await guest.powerOff();
        await tpm.powerOff();
        await Promise.all([cloud.stop(), nodes[Symbol.asyncDispose]()]);
        rmSync(folder, { recursive: true, force: true });
      });
      const release = join(folder, 'release');
      writeRelease(release, [
        [names.materials, Buffer.from('{}')],
        [names.bundle, image.program],
        [imageNames.uki, image.file],
      ]);
      const clients = clientsIn(cloud);
      let printed = '';
      const write = (text: string | Uint8Array): boolean => {
        printed += String(text);
        return true;
      };
      const terminal = { stdout: { write }, stderr: { write }, ask: undefined };
      const environment = { ...process.env, ...cloud.environment, HOME: folder };

      const booted = async (serverId: string): Promise<Guest> => {
        const { imageId, snapshotId } = asked(cloud);
        expect(document().host).toMatchObject({ imageId, snapshotId });
        const bytes = await readSnapshot(cloud.client, snapshotId);
        const whole = disk(image.file);
        expect(Buffer.compare(bytes.subarray(0, whole.length), whole)).toBe(0);
        const userData = await instanceUserData(cloud.client, serverId);
        const guest = Guest.start({ firmware: { type: 'uefi', disk: bytes }, userData, tpm: await tpm.powerOn() });
        guests.push(guest);
        return guest;
      };
      const document = (): Deployment => {
        const found = readDeployment(join(folder, name));
        if (found === undefined) throw new Error('there is no deployment');
        return found;
      };
      const around: Surroundings = {
        terminal,
        environment,
        root: dirname(dirname(import.meta.dirname)),
        examine: (patient, files, doctor) => examine(patient, files, { ...doctor, clients }),
        world: (options) => {
          const real = awsWorld({ ...options, clients });
          return {
            ...real,
            deployHost: async (deployment, tell) => {
              const { serverId } = await real.deployHost(deployment, tell);
              const [guest = await booted(serverId)] = guests;
              await served(guest);
              return { serverId, address: '127.0.0.1', ports: await guest.ports() };
            },
            // With the root of the TPM of this test, which no verifier has pinned.
            verify: async ({ host, chosen: { refundKey } }) => {
              const seen = await verified(host.ports, tpm, image);
              expect(seen).toMatchObject({ status: 0, blamed: {} });
              expect(seen.out).toContain('L2, self-reported, NOT ATTESTED, TEST ROOT');
              // The screen has lines.
              expect(seen.out.replaceAll(/[^\w.]+/g, ' ')).toContain(`from block ${refundHeight}`);
              const unknown = await verified(host.ports, undefined, image);
              expect(unknown.status).toBe(1);
              expect(unknown.blamed['endorsement']).toContain('no root is trusted');
              const [guest] = guests;
              if (guest === undefined) throw new Error('nothing was booted');
              const { address } = await served(guest);
              const words = 'self-reported, NOT ATTESTED, TEST ROOT';
              const wallet = { address: String(address), kind: 'vault', refundHeight, refundKey } as const;
              return { network: 'regtest', ...wallet, level: 'L2', words };
            },
          };
        },
      };

      const where = ['--folder', folder, '--release', release, '--name', name, '--network', 'regtest', '--no-status'];
      const deployed = [...where, '--region', region, '--refund-height', `${refundHeight}`, '--yes'];
      expect(await deployCommand(deployed, around), printed).toBe(0);
      expect(document()).toMatchObject({ state: 'live', release: { image: { sha256: sha256(image.file) } } });
      expect(printed).toContain(`${name} is live, and was verified: L2`);

      const chain = nodes.urls.flatMap((url) => ['--chain', url]);
      const world: typeof teardownWorld = (options) => teardownWorld({ ...options, clients });
      const end = await destroyCommand(['--folder', folder, '--name', name, ...chain, '--yes'], {
        terminal,
        environment,
        world,
      });
      expect(end, printed).toBe(0);
      expect(document().state).toBe('destroyed');
    });
  },
);

const clientsIn =
  (cloud: EmulatedCloud) =>
  (where: string): Clients => {
    const { endpoint, credentials } = cloud.client;
    return clientsOf(where, { endpoint, credentials });
  };

/** moto keeps of an image its name alone: what was asked for is in the requests. */
function asked(cloud: EmulatedCloud): { readonly imageId: string; readonly snapshotId: string } {
  const last = (action: string): URLSearchParams => {
    const call = cloud.gateway.calls.findLast((one) => one.action === action);
    return new URLSearchParams(call?.body.toString('utf8') ?? '');
  };
  const registered = last('RegisterImage');
  expect(Object.fromEntries(registered)).toMatchObject({ BootMode: 'uefi', TpmSupport: 'v2.0', ImdsSupport: 'v2.0' });
  return {
    imageId: last('RunInstances').get('ImageId') ?? '',
    snapshotId: registered.get('BlockDeviceMapping.1.Ebs.SnapshotId') ?? '',
  };
}

function writeRelease(folder: string, files: readonly (readonly [name: string, bytes: Uint8Array])[]): void {
  mkdirSync(folder);
  const outputs = files.map(([file, bytes]) => {
    writeFileSync(join(folder, file), bytes);
    return { name: file, bytes: bytes.length, sha256: sha256(bytes) };
  });
  const text = encodeRelease({
    format: releaseFormat,
    version: '0.0.0-test',
    commit: '0'.repeat(40),
    inputs: [],
    outputs: outputs.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    measurements: [],
  });
  writeFileSync(join(folder, 'release.json'), text);
}
