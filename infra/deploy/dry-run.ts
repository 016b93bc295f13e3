import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cdk, difference } from './cdk.ts';
import type { Deployment } from './deployment.ts';
import { hostStack, statusStack } from './plan.ts';
import type { ReleaseFolder } from './release-files.ts';
import { type Vps, vpsPreview } from './vps.ts';

/**
 * What cdk and Pulumi say would change, each in its own words. What is not known before the first step stands there as made-up
 * ids; a server is named by a hash of them too.
 */
export async function dryRun(deployment: Deployment, release: ReleaseFolder, tools: Cdk & Vps): Promise<string> {
  const { provider, name, chosen, host, status } = deployment;
  const stacks = [...(provider === 'ec2' ? [hostStack(name)] : []), ...(chosen.statusPage ? [statusStack(name)] : [])];
  const assumed: Deployment = {
    ...deployment,
    chosen: { ...chosen, refundKey: chosen.refundKey ?? placeholder.refundKey },
    host: { ...host, imageId: host.imageId ?? placeholder.imageId, address: host.address ?? placeholder.address },
  };
  const parts: string[] = [];
  if (stacks.length > 0) {
    // What cdk writes is kept where it failed, since its log says why; the folder of the deployment is not even made.
    const aside = mkdtempSync(join(tmpdir(), 'btc-pinata-dry-run-'));
    const said = await difference(stacks, assumed, { ...tools, folder: aside });
    rmSync(aside, { recursive: true, force: true });
    parts.push(`What cdk would change (${stacks.join(', ')}):\n${said}`);
  }
  if (provider !== 'ec2') {
    const withPage = { ...assumed, status: status ?? (chosen.statusPage ? placeholder.status : null) };
    parts.push(`What Pulumi would change:\n${await vpsPreview(withPage, release, tools, () => undefined)}`);
  }
  return parts.join('\n\n');
}

/** The generator point of secp256k1, an image of nobody, an address for documents (RFC 5737), a page of nobody. */
const placeholder = {
  refundKey: '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  imageId: 'ami-00000000000000000',
  address: '192.0.2.1',
  status: { bucket: 'unknown', distribution: 'E0', url: 'https://d111111abcdef8.cloudfront.net/', poller: 'unknown' },
} as const;
