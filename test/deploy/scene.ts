import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Surroundings } from '../../infra/deploy/deploy-command.ts';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { draft } from '../../infra/deploy/draft.ts';
import { ok } from '../../infra/deploy/finding.ts';
import type { Wish } from '../../infra/deploy/options.ts';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';
import { FakeCloud, worldOf } from './fake-cloud.ts';

export const refundKey = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

export const release: Deployment['release'] = {
  version: '0.1.0',
  sha256: '11'.repeat(32),
  build: '22'.repeat(32),
  image: { output: 'btc-pinata.efi', sha256: '33'.repeat(32) },
  url: null,
};

export const wish = {
  name: 'pinata',
  host: 'ec2',
  region: 'eu-west-1',
  network: 'regtest',
  refundHeight: 1000,
} as const satisfies Wish;

/** What a wish for a VPS has instead. */
export const onVps = { host: 'hetzner', region: 'fsn1' } as const satisfies Wish;

export const drafted = (more: Wish = {}): Deployment =>
  draft({
    wish: { ...wish, ...more },
    release: more.host === undefined || more.host === 'ec2' ? release : { ...release, image: null },
    account: '123456789012',
    existing: undefined,
  });

/** A folder with a release in it, of files that are not what their names say. */
export function releaseFolder(commit = '0'.repeat(40)): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-release-'));
  const outputs = ['btc-pinata.cdx.json', 'btc-pinata.cjs', 'btc-pinata.efi'].map((name) => {
    const bytes = Buffer.from(`the file ${name}`);
    writeFileSync(join(folder, name), bytes);
    return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const text = encodeRelease({
    format: releaseFormat,
    version: '0.1.0',
    commit,
    inputs: [],
    outputs,
    measurements: [],
  });
  writeFileSync(join(folder, 'release.json'), text);
  return folder;
}

export interface Scene {
  readonly around: Surroundings;
  readonly cloud: FakeCloud;
  /** Of all deployments. */
  readonly folder: string;
  readonly release: string;
  /** All that was printed. */
  out(): string;
  err(): string;
}

/** Everything but the clouds is real. `answers` are given in their order to what is asked. */
export function scene(answers?: readonly string[]): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-deploy-'));
  const cloud = new FakeCloud(folder);
  const printed = { out: '', err: '' };
  const print = (where: 'out' | 'err', text: string): boolean => {
    printed[where] += text;
    return true;
  };
  const waiting = [...(answers ?? [])];
  mkdirSync(folder, { recursive: true });
  return {
    cloud,
    folder,
    release: releaseFolder(),
    out: () => printed.out,
    err: () => printed.err,
    around: {
      terminal: {
        stdout: { write: (text) => print('out', String(text)) },
        stderr: { write: (text) => print('err', String(text)) },
        ask:
          answers === undefined
            ? undefined
            : async (question) => {
                print('out', question);
                const answer = waiting.shift() ?? '';
                print('out', `${answer}\n`);
                return answer;
              },
      },
      environment: {},
      root: join(import.meta.dirname, '../..'),
      examine: async () => ({
        findings: [ok('credentials', 'AWS account 123456789012')],
        identity: { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/somebody' },
      }),
      dryRun: async ({ name }) => `what the tools would change of ${name}`,
      world: (options) => worldOf(cloud, options.folder),
    },
  };
}
