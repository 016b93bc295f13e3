import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostPower } from '../../infra/deploy/host-power.ts';
import { selftest, selftestFolder } from '../../infra/deploy/selftest.ts';
import { decodeEvidence } from '../../service/attest/evidence.ts';
import { decodeVerification, type Verification } from '../../service/attest/verification.ts';
import type { StatementFields } from '../../service/bitcoin/index.ts';
import { fieldsOf } from '../attest/sample-statement.ts';
import { sceneOf } from '../attest/verification-scene.ts';
import { hostSaying } from './host-saying.ts';
import { drafted, refundKey, releaseFolder } from './scene.ts';

/* What is kept of a machine of EC2; here of a stand-in for one, with the document of a root made for tests. */

async function scene(verification: Verification, changed: Partial<StatementFields> = {}) {
  let fields: StatementFields = fieldsOf('vault', 'regtest');
  const http = await hostSaying(() => fields);
  const start = drafted({ refundKey });
  const deployment = {
    ...start,
    host: { ...start.host, address: '127.0.0.1', ports: { ...start.host.ports, http }, serverId: 'i-1' },
    wallet: { network: 'regtest', address: fields.address, kind: 'vault', refundHeight: 1000 },
    state: 'live',
  } as const;
  const power: HostPower = {
    account: async () => '123456789012',
    console: async () => 'a console\n',
    reboot: async () => {
      fields = { ...fields, caSha256: '12'.repeat(32), ...changed };
    },
  };
  const folder = mkdtempSync(join(tmpdir(), 'pinata-selftest-'));
  const run = (of: Parameters<typeof selftest>[0] = deployment) =>
    selftest(of, {
      folder,
      release: releaseFolder(),
      power,
      signal: new AbortController().signal,
      tell: () => undefined,
      look: async () => verification,
      now: () => 1_800_000_000,
    });
  return { deployment, run, kept: join(folder, selftestFolder) };
}

describe('of a machine with a NitroTPM', () => {
  const verification = sceneOf({ kind: 'nitro' });

  test('the document is kept as it came, and that its key outlived a restart', async () => {
    const { run, kept } = await scene(verification);
    const words = await run();
    expect(words).toContain('Its key after the restart is the same. Its firmware does not show an event log.');
    const decoded = decodeEvidence(verification.observations[0].evidence?.text ?? '');
    const document = decoded.ok ? decoded.value.nitroTpm : undefined;
    expect(new Uint8Array(readFileSync(join(kept, 'nitrotpm-document.cose')))).toEqual(document);
    for (const name of ['verification.json', 'verification-after-restart.json']) {
      expect(decodeVerification(readFileSync(join(kept, name), 'utf8'))).toMatchObject({ ok: true });
    }
    expect(readFileSync(join(kept, 'console.txt'), 'utf8')).toBe('a console\n');
    expect(JSON.parse(readFileSync(join(kept, 'found.json'), 'utf8'))).toMatchObject({
      at: 1_800_000_000,
      region: 'eu-west-1',
      type: 't3.micro',
      keyAfterRestart: 'the same',
      eventLog: false,
    });
  });

  test('a key that a restart has lost is said', async () => {
    const { run } = await scene(verification, { address: fieldsOf('classic', 'regtest').address });
    expect(await run()).toContain('Its key after the restart is another.');
  });
});

test('without a document nothing is restarted', async () => {
  const { run, kept } = await scene(sceneOf({ kind: 'tpm' }));
  await expect(run()).rejects.toThrow('gave no document of NitroTPM (there is none in its evidence)');
  expect(readdirSync(kept)).toEqual(['verification.json']);
});

test.each([
  [{ provider: 'hetzner' }, 'the selftest is of a measured host on EC2'],
  [{ state: 'planned' }, 'is not live yet'],
  [{ wallet: null }, 'is not live yet'],
  [{ chosen: { ...drafted({ refundKey }).chosen, network: 'mainnet' } }, 'deploy one for it, --network regtest'],
] as const)('nothing is touched: %j', async (more, words) => {
  const { deployment, run } = await scene(sceneOf({ kind: 'nitro' }));
  await expect(run({ ...deployment, ...more })).rejects.toThrow(words);
});
