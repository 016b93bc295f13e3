import { dirname, join } from 'node:path';
import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { Refusal } from '../claim/refusal.ts';
import { cloudOf, destroy as destroyVps } from '../vps/run.ts';
import { type Cdk, deployed, destroyed } from './cdk.ts';
import { type Clients, clientsOf } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { identityOf, stackOutputs } from './doctor-aws.ts';
import { copied, emptied } from './empty-bucket.ts';
import { hostStack, statusRegion, statusStack } from './plan.ts';
import { deploymentTag } from './policy.ts';
import { tokenIn } from './token.ts';
import type { FoundHost } from './unverified-wallet.ts';
import { runOptions, vpsProvider } from './vps.ts';
import type { Tell } from './world.ts';

/** What is removed. What is gone already is no error: each may be called again after it was killed at any moment. */
export interface TeardownWorld {
  account(): Promise<string>;
  /** The host as its cloud has it, whatever the document says; undefined where there is none. */
  findHost(deployment: Deployment): Promise<FoundHost | undefined>;
  removeHost(deployment: Deployment, tell: Tell): Promise<void>;
  removeImage(deployment: Deployment): Promise<void>;
  copyPage(deployment: Deployment, tell: Tell): Promise<void>;
  removePage(deployment: Deployment, tell: Tell): Promise<void>;
}

export interface TeardownOptions {
  /** Of the deployment. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clients?: (region: string) => Clients;
  /** Of CDK's app, where it is not that of this checkout. */
  readonly poller?: string;
}

export function teardownWorld({
  folder,
  environment,
  signal,
  clients = clientsOf,
  poller,
}: TeardownOptions): TeardownWorld {
  const root = dirname(dirname(import.meta.dirname));
  const cdk: Cdk = { root, folder, environment, signal, unprotected: true, poller };
  const removeStack = async (stack: string, region: string, deployment: Deployment, tell: Tell): Promise<void> => {
    if ((await stackOutputs(stack, clients(region).cloudFormation, signal)) === undefined) return;
    refuseStrange(stack, deployment);
    // Deployed once more, without what keeps its machine from being deleted.
    await deployed(stack, deployment, cdk, tell);
    await destroyed(stack, deployment, cdk, tell);
  };
  const bucketOf = async (deployment: Deployment): Promise<string | undefined> => {
    const stack = statusStack(deployment.name);
    const outputs = await stackOutputs(stack, clients(statusRegion).cloudFormation, signal);
    if (outputs === undefined) return undefined;
    refuseStrange(stack, deployment);
    return outputs.get('BucketName') ?? deployment.status?.bucket;
  };
  return {
    account: async () => (await identityOf(clients(statusRegion), signal)).account,
    findHost: async (deployment) =>
      deployment.provider === 'ec2'
        ? instanceOf(deployment, clients(deployment.region), signal)
        : serverOf(deployment, environment),
    removeHost: async (deployment, tell) => {
      if (deployment.provider === 'ec2')
        return removeStack(hostStack(deployment.name), deployment.region, deployment, tell);
      const options = await runOptions(deployment, { root, folder, environment, signal }, tell);
      await destroyVps(
        { provider: vpsProvider(deployment), name: deployment.name },
        { ...options, deleteVolume: true },
      );
    },
    removeImage: (deployment) => removeImages(deployment, clients(deployment.region), signal),
    copyPage: async (deployment, tell) => {
      const bucket = await bucketOf(deployment);
      if (bucket !== undefined) await copied(bucket, join(folder, 'page'), clients(statusRegion).s3, signal, tell);
    },
    removePage: async (deployment, tell) => {
      const { name, host } = deployment;
      const bucket = await bucketOf(deployment);
      if (bucket === undefined) return;
      // The poller would write while its bucket is emptied: without a host to look at it does nothing.
      await deployed(statusStack(name), { ...deployment, host: { ...host, address: null } }, cdk, tell);
      await emptied(bucket, clients(statusRegion).s3, signal, tell);
      await destroyed(statusStack(name), deployment, cdk, tell);
    },
  };
}

/** Somebody else of the account may have given a deployment of theirs the same name, after this one ended before its stack was begun. */
function refuseStrange(stack: string, { name, stacks }: Deployment): void {
  if (stacks.includes(stack)) return;
  throw new Refusal(
    `${stack} is there, and ${name} never began it: it is somebody else's, and was not touched. If it is of this deployment all the same, \`btc-pinata deploy --adopt\` takes it over first`,
  );
}

/** One that is not over; its stack may not know it yet, or any more. */
async function instanceOf({ name }: Deployment, { ec2 }: Clients, signal: AbortSignal): Promise<FoundHost | undefined> {
  const command = new DescribeInstancesCommand({
    Filters: [
      { Name: `tag:${deploymentTag}`, Values: [name] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ],
  });
  const { Reservations = [] } = await ec2.send(command, { abortSignal: signal });
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  return instance === undefined ? undefined : { address: instance.PublicIpAddress };
}

/** The key is on the volume, so that a volume without its server is a host too. */
async function serverOf(deployment: Deployment, environment: NodeJS.ProcessEnv): Promise<FoundHost | undefined> {
  const provider = vpsProvider(deployment);
  const found = await cloudOf({ provider }, { token: tokenIn(environment, provider) }).labelled(deployment.name);
  const kept = found.some(({ kind }) => kind === 'server' || kind === 'volume');
  return kept ? { address: undefined } : undefined;
}

/** That of the document, and those with the tag of this deployment, of all its releases. An image first: a snapshot that one stands on is not deleted. */
async function removeImages({ name, host }: Deployment, { ec2 }: Clients, signal: AbortSignal): Promise<void> {
  const ours = { Filters: [{ Name: `tag:${deploymentTag}`, Values: [name] }] };
  const options = { abortSignal: signal };
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], ...ours }), options);
  const ids = new Set([...Images.map(({ ImageId }) => ImageId), ...(await known(host.imageId, ec2, signal))]);
  for (const ImageId of ids) await ec2.send(new DeregisterImageCommand({ ImageId }), options);
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...ours }), options);
  for (const { SnapshotId } of Snapshots) await ec2.send(new DeleteSnapshotCommand({ SnapshotId }), options);
}

/** The image, if it is there still. */
async function known(imageId: string | null, ec2: Clients['ec2'], signal: AbortSignal): Promise<readonly string[]> {
  if (imageId === null) return [];
  const ids = new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'image-id', Values: [imageId] }] });
  const { Images = [] } = await ec2.send(ids, { abortSignal: signal });
  return Images.flatMap(({ ImageId }) => (ImageId === undefined ? [] : [ImageId]));
}
