import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { deploymentSchema } from '../../infra/deploy/deployment.ts';
import { hostDefinitionSchema } from '../../infra/host-image/definition.ts';
import { renderUserData } from '../../infra/host-image/user-data.ts';
import { addStacks } from '../../infra/stacks/app.ts';
import { stackConfigSchema } from '../../infra/stacks/config.ts';
import { vpsInputsSchema } from '../../infra/vps/inputs.ts';
import { readMachineConfiguration } from '../../service/attest/machine-configuration.ts';
import { digitalOceanSample, hetznerSample } from '../vps/sample-inputs.ts';
import { drafted, refundKey } from './scene.ts';

/*
 * What a cloud keeps of a deployment, and shows to whoever may look: its state, the templates, the user-data. The key of the
 * wallet is born on the host and is in none of them, because nothing that they are made from has room for one.
 */

const root = resolve(import.meta.dirname, '../..');
const stackConfig = v.parse(
  stackConfigSchema,
  JSON.parse(readFileSync(join(root, 'test/cdk/deployment.json'), 'utf8')),
);
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
    ['the configuration of the stacks', stackConfigSchema, stackConfig],
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
    vi.stubEnv('HOME', canary);
    expect(renderUserData(definition)).toBe(text);
  });

  test('templates: a machine without a role, without a key pair, told nothing but its public configuration', () => {
    const app = new App({ context: contextOf('cdk.json') });
    const { host, status } = addStacks(app, stackConfig, join(root, 'test/cdk/poller'));
    if (host === undefined) throw new Error('the sample has no host on EC2');
    const [ofHost, ofPage] = [Template.fromStack(host), Template.fromStack(status)];
    for (const template of [ofHost, ofPage]) expect(JSON.stringify(template.toJSON())).not.toContain(canary);

    const [instance, ...others] = Object.values(ofHost.findResources('AWS::EC2::Instance'));
    expect(others).toEqual([]);
    const properties: Readonly<Record<string, unknown>> = instance?.['Properties'];
    expect(properties).not.toHaveProperty('KeyName');
    expect(properties).not.toHaveProperty('IamInstanceProfile');
    expect(properties).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, DeleteOnTermination: true } }],
    });
    const types = Object.values<{ readonly Type: string }>(ofHost.toJSON()['Resources']).map(({ Type }) => Type);
    expect(
      types.filter((type) => /^AWS::(?:IAM|EC2::Volume|EC2::Snapshot|Logs|SecretsManager|SSM|KMS)/.test(type)),
    ).toEqual([]);
    // EC2 puts the address in where the machine has no name.
    const [before, , after] = v.parse(joined, properties['UserData'])['Fn::Base64']['Fn::Join'][1];
    expect(readMachineConfiguration(`${before}192.0.2.7${after}`)).toEqual({
      network: stackConfig.network,
      refundKey: stackConfig.refundKey,
      lockHeight: stackConfig.lockHeight,
      name: '192.0.2.7',
    });
  });
});

const joined = v.object({
  'Fn::Base64': v.object({ 'Fn::Join': v.tuple([v.literal(''), v.tuple([v.string(), v.unknown(), v.string()])]) }),
});

function contextOf(file: string): Record<string, unknown> {
  return v.parse(
    v.object({ context: v.record(v.string(), v.unknown()) }),
    JSON.parse(readFileSync(join(root, file), 'utf8')),
  ).context;
}
