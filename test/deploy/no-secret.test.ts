import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { deploymentSchema } from '../../infra/deploy/deployment.ts';
import { hostDefinitionSchema } from '../../infra/host-image/definition.ts';
import { renderUserData } from '../../infra/host-image/user-data.ts';
import { stackConfigSchema } from '../../infra/stacks/config.ts';
import { vpsInputsSchema } from '../../infra/vps/inputs.ts';
import { readMachineConfiguration } from '../../service/attest/machine-configuration.ts';
import { exampleConfig, synthesised } from '../cdk/synthesised.ts';
import { digitalOceanSample, hetznerSample } from '../vps/sample-inputs.ts';
import { drafted, refundKey } from './scene.ts';

/*
 * What a cloud keeps of a deployment, and shows to whoever may look: its state, the templates, the user-data. The key of the
 * wallet is born on the host and is in none of them, because nothing that they are made from has room for one.
 */

const definition = {
  name: 'demo',
  network: 'mainnet',
  wallet: 'vault',
  refundKey,
  lockHeight: 1_050_000,
  release: { url: 'https://example.org/release.tar', sha256: 'ab'.repeat(32) },
} as const;

const live = {
  ...drafted({ host: 'hetzner', refundKey }),
  wallet: {
    network: 'regtest',
    address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
    kind: 'vault',
    refundHeight: 1000,
  },
  status: { bucket: 'b', distribution: 'd', url: 'https://d.example', poller: 'p' },
  journal: [{ step: 'host', at: 1, outcome: 'done' }],
};

/** The document with one key more, once for each object in it. */
function withOneMore(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) {
    return document.flatMap((item, index) =>
      withOneMore(item).map((changed) => document.map((old, at) => (at === index ? changed : old))),
    );
  }
  if (typeof document !== 'object' || document === null) return [];
  const deeper = Object.entries(document).flatMap(([key, value]) =>
    withOneMore(value).map((changed) => ({ ...document, [key]: changed })),
  );
  return [{ ...document, key: 'KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn' }, ...deeper];
}

describe('what a host is made from has no room for a key', () => {
  test.each([
    ['deployment.json', deploymentSchema, live],
    ['the configuration of the stacks', stackConfigSchema, exampleConfig],
    ['the definition of a VPS', hostDefinitionSchema, definition],
    ['the inputs of Hetzner', vpsInputsSchema, hetznerSample],
    ['the inputs of DigitalOcean', vpsInputsSchema, digitalOceanSample],
  ] as const)('%s', (_, schema, document) => {
    expect(v.safeParse(schema, document).issues).toBeUndefined();
    const more = withOneMore(v.parse(schema, document));
    expect(more.length).toBeGreaterThan(0);
    expect(more.filter((changed) => v.is(schema, changed))).toEqual([]);
  });
});

describe('what a cloud keeps', () => {
  /** In the environment of whoever deploys: credentials of both kinds, and what a careless shell has there. */
  const canary = 'canary-8e0b5c1f6d7a4932';
  const variables = [
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'HCLOUD_TOKEN',
    'DIGITALOCEAN_TOKEN',
    'PINATA_SECRET',
  ];
  beforeAll(() => {
    for (const name of variables) vi.stubEnv(name, canary);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  test('user-data of a VPS is made of the definition alone', () => {
    const text = renderUserData(definition);
    expect(text).toMatch(/^#cloud-config\n/);
    expect(text).not.toContain(canary);
    const home = process.env['HOME'];
    vi.stubEnv('HOME', canary);
    expect(renderUserData(definition)).toBe(text);
    vi.stubEnv('HOME', home); // CDK makes a folder in it
  });

  test('templates: a machine without a role, without a key pair, told nothing but its public configuration', () => {
    const { host, status } = synthesised(exampleConfig);
    if (host === undefined) throw new Error('the sample has no host on EC2');
    for (const template of [host, status]) expect(JSON.stringify(template)).not.toContain(canary);

    const resources = Object.values(host.Resources);
    const [properties, ...others] = resources.flatMap(({ Type, Properties }) =>
      Type === 'AWS::EC2::Instance' ? [Properties ?? {}] : [],
    );
    expect(others).toEqual([]);
    expect(properties).not.toHaveProperty('KeyName');
    expect(properties).not.toHaveProperty('IamInstanceProfile');
    expect(properties).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, DeleteOnTermination: true } }],
    });
    const keeps = /^AWS::(?:IAM|EC2::Volume|EC2::Snapshot|Logs|SecretsManager|SSM|KMS)/;
    expect(resources.map(({ Type }) => Type).filter((type) => keeps.test(type))).toEqual([]);
    // EC2 puts the address in where the machine has no name.
    const [before, , after] = v.parse(joined, properties?.['UserData'])['Fn::Base64']['Fn::Join'][1];
    expect(readMachineConfiguration(`${before}192.0.2.7${after}`)).toEqual({
      network: exampleConfig.network,
      refundKey: exampleConfig.refundKey,
      lockHeight: exampleConfig.lockHeight,
      name: '192.0.2.7',
    });
  });
});

const joined = v.object({
  'Fn::Base64': v.object({ 'Fn::Join': v.tuple([v.literal(''), v.tuple([v.string(), v.unknown(), v.string()])]) }),
});
