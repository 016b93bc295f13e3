import { type Cdk, difference } from './cdk.ts';
import type { Deployment } from './deployment.ts';
import { hostStack, statusStack } from './plan.ts';

/** What cdk says would change, in its own words. What is not known before the first step stands there as a made-up id. */
export async function dryRun(deployment: Deployment, cdk: Cdk): Promise<string> {
  const { provider, name, chosen, host } = deployment;
  const stacks = [...(provider === 'ec2' ? [hostStack(name)] : []), ...(chosen.statusPage ? [statusStack(name)] : [])];
  const assumed: Deployment = {
    ...deployment,
    chosen: { ...chosen, refundKey: chosen.refundKey ?? placeholder.refundKey },
    host: { ...host, imageId: host.imageId ?? placeholder.imageId, address: host.address ?? placeholder.address },
  };
  if (stacks.length === 0) return 'Nothing of it is on AWS.';
  return `What cdk would change (${stacks.join(', ')}):\n${await difference(stacks, assumed, cdk)}`;
}

/** The generator point of secp256k1, an image of nobody, an address for documents (RFC 5737). */
const placeholder = {
  refundKey: '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  imageId: 'ami-00000000000000000',
  address: '192.0.2.1',
} as const;
