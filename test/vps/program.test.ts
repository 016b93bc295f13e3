import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { deployedPorts } from '../../infra/deploy/deployment.ts';
import { tokenVariables } from '../../infra/vps/inputs.ts';
import { plugins } from '../../infra/vps/pinned.ts';
import { endpoints } from '../../service/bounty/endpoints.ts';
import { listing, overTheWire, secretSignature, unknownValue, type Wire } from './monitor.ts';
import { digitalOceanSample, hetznerSample } from './sample-inputs.ts';

/* The program over real gRPC, against an engine's side that only listens. */

const token = 'canary-token-000102030405060708090a0b0c0d0e0f';
beforeAll(() => {
  for (const name of Object.values(tokenVariables)) vi.stubEnv(name, token);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const ascending = (one: number, other: number) => one - other;

const samples = [hetznerSample, digitalOceanSample];
const up = new Map<string, Promise<Wire>>();
/** Each once: runs of one process share the SDK's settings, so they go one after the other. */
let queue: Promise<unknown> = Promise.resolve();
function wireOf(sample: (typeof samples)[number], dryRun: boolean): Promise<Wire> {
  const key = `${sample.provider} ${dryRun}`;
  const kept = up.get(key);
  if (kept !== undefined) return kept;
  const run = queue.then(() => overTheWire(sample, { dryRun }));
  queue = run.catch(() => undefined);
  up.set(key, run);
  return run;
}

describe.each(samples)('$provider', (sample) => {
  test('what is made is what was reviewed', async () => {
    await expect(listing(await wireOf(sample, false))).toMatchFileSnapshot(`golden/${sample.provider}.txt`);
  });

  test('a preview asks for the same things, and knows of none what the cloud will say', async () => {
    const [real, dry] = [await wireOf(sample, false), await wireOf(sample, true)];
    const names = ({ resources }: Wire) => new Set(resources.map(({ type, name }) => `${type} ${name}`));
    expect(names(dry)).toEqual(names(real));
    expect(dry.outputs['address']).toBe(unknownValue);
    expect(dry.outputs['serverId']).toBe(unknownValue);
    expect(dry.outputs['region']).toBe(sample.region);
    const attachment = dry.resources.find(({ name }) => name === 'attachment');
    expect(attachment?.inputs['volumeId']).toBe(unknownValue);
  });

  test('the outputs are those of the things, and nothing else', async () => {
    const { outputs } = await wireOf(sample, false);
    const names = ['provider', 'region', 'address', 'addressId', 'serverId', 'serverName', 'volumeId'];
    expect(new Set(Object.keys(outputs))).toEqual(new Set(names));
    expect(outputs).toMatchObject({ provider: sample.provider, region: sample.region });
    expect(outputs['address']).toMatch(/^203\.0\.113\.\d+$/);
    expect(outputs['serverName']).toMatch(/^demo-[0-9a-f]{8}$/);
  });

  test('everything is made by the plugin that is pinned', async () => {
    const { resources } = await wireOf(sample, false);
    const [provider] = resources.filter(({ type }) => type.startsWith('pulumi:providers:'));
    expect(provider?.version).toBe(plugins[sample.provider].version);
    const made = resources.filter(({ type }) => /^(hcloud|digitalocean):/.test(type));
    expect(made.length).toBeGreaterThan(5);
    for (const { provider: by } of made) expect(by).toContain(`pulumi:providers:${plugins[sample.provider].name}::`);
  });

  test('no token and no key is in what the program says, not even as a secret', async () => {
    for (const dryRun of [false, true]) {
      const { bytes, logged } = await wireOf(sample, dryRun);
      expect(bytes.length).toBeGreaterThan(2000);
      expect(bytes.includes(sample.userData.slice(0, 14))).toBe(true);
      expect(bytes.includes(token)).toBe(false);
      expect(bytes.includes(secretSignature)).toBe(false);
      expect(bytes.toString('latin1')).not.toMatch(/private|passphrase|mnemonic|seed|\bwif\b/i);
      expect(logged).toEqual([]);
    }
  });

  test('the firewall lets in the ports of the piñata and no other, and out what the host needs', async () => {
    const { resources } = await wireOf(sample, false);
    const text = JSON.stringify(resources.find(({ name }) => name === 'firewall')?.inputs);
    const found = [...text.matchAll(/"port(?:Range)?":"(\d+)"/g)].map(([, port]) => Number(port));
    const inward = endpoints.map(({ key }) => deployedPorts[key]);
    expect(found.toSorted(ascending)).toEqual([...inward, 443, 80, 53, 53, 123, 40_001].toSorted(ascending));
  });

  test('address and volume do not wait for the server, the volume is protected, and it moves by being let go first', async () => {
    const { resources } = await wireOf(sample, false);
    const named = (name: string) => resources.find((one) => one.name === name);
    const server = resources.find(({ name }) => name.startsWith('server-'));
    for (const name of ['address', 'volume', 'firewall']) {
      expect(named(name)?.dependencies.filter((one) => one.startsWith('server-'))).toEqual([]);
    }
    expect(resources.filter(({ protect }) => protect).map(({ name }) => name)).toEqual(['volume']);
    expect(named('attachment')).toMatchObject({ deleteBeforeReplace: true });
    expect(new Set(named('attachment')?.dependencies)).toEqual(new Set([server?.name, 'volume']));
  });
});
