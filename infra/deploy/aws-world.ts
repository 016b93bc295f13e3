import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '../claim/refusal.ts';
import { disk } from '../image/disk.ts';
import { bootstrapped, type Cdk, deployed } from './cdk.ts';
import { type Clients, clientsOf } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { bootstrapVersion, identityOf } from './doctor-aws.ts';
import { registered } from './machine-image.ts';
import { awsRegions, hostStack, statusRegion, statusStack } from './plan.ts';
import { refundKeyOf } from './refund-key.ts';
import { outputOf, type ReleaseFolder } from './release-files.ts';
import { putArchive, putRelease } from './release-objects.ts';
import { upload } from './upload.ts';
import { verified } from './verify-host.ts';
import { archiveFor, vpsDeployed } from './vps.ts';
import { hostAnswers, pageShows } from './wait.ts';
import type { HostOutputs, StatusOutputs, World } from './world.ts';
import { zoneWith } from './zones.ts';

export interface WorldOptions {
  /** The checkout. */
  readonly root: string;
  /** Of the deployment. */
  readonly folder: string;
  readonly release: ReleaseFolder;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clients?: (region: string) => Clients;
  /** Of a VPS, by `upgrade` alone: another server takes the place of the one that is there. */
  readonly replaceServer?: boolean;
  /** Of CDK's app, where it is not that of this checkout. */
  readonly poller?: string;
}

const leastBootstrap = 21;

/** What a deployment does, done by AWS, by CDK's command line, and by this machine. */
export function awsWorld(options: WorldOptions): World {
  const { root, folder, release, environment, signal, clients = clientsOf } = options;
  const cdk: Cdk = { root, folder, environment, signal, poller: options.poller };
  const pause = (milliseconds: number): Promise<void> => delay(milliseconds, undefined, { signal });
  const waiting = { pause, signal, now: () => Math.floor(Date.now() / 1000) };
  return {
    account: async () => (await identityOf(clients(statusRegion), signal)).account,
    refundKey: async (deployment) => refundKeyOf(deployment, folder),
    bootstrap: async (deployment, tell) => {
      for (const region of awsRegions(deployment)) {
        const version = (await bootstrapVersion(clients(region).cloudFormation, signal)) ?? 0;
        if (version < leastBootstrap) await bootstrapped(accountOf(deployment), region, deployment, cdk, tell);
      }
    },
    snapshot: async (deployment, tell) => {
      const { ebs, ec2 } = clients(deployment.region);
      const bytes = disk(outputOf(release, deployment.release.image?.output ?? ''));
      return upload(bytes, deployment.name, { ebs, ec2, pause, signal }, tell);
    },
    image: (deployment, snapshotId) => registered(deployment, snapshotId, clients(deployment.region).ec2, signal),
    zone: ({ region, chosen }) => zoneWith(chosen.serverType, region, clients(region), signal),
    deployStatus: async (deployment, tell) =>
      statusOutputs(await deployed(statusStack(deployment.name), deployment, cdk, tell)),
    putRelease: async (deployment, bucket, tell) => {
      const { s3 } = clients(statusRegion);
      await putRelease(deployment, bucket, release, s3, signal, tell);
      if (deployment.provider !== 'ec2') await putArchive(await archiveFor(release, root), bucket, s3, signal, tell);
    },
    deployHost: async (deployment, tell) =>
      deployment.provider === 'ec2'
        ? hostOutputs(await deployed(hostStack(deployment.name), deployment, cdk, tell))
        : vpsDeployed(deployment, release, options, tell, options.replaceServer ?? false),
    answers: (deployment, tell) => hostAnswers(deployment, waiting, tell),
    verify: (deployment, tell) =>
      verified(deployment, readFileSync(join(release.folder, 'release.json'), 'utf8'), folder, tell),
    pageShows: (deployment, tell) => pageShows(deployment, waiting, tell),
  };
}

function accountOf({ account }: Deployment): string {
  if (account === null) throw new Error('a deployment without an account has nothing on AWS');
  return account;
}

type Outputs = Readonly<Record<string, string>>;

function output(outputs: Outputs, key: string): string {
  const value = outputs[key];
  if (value !== undefined) return value;
  throw new Refusal(
    `the stack has no output ${key}, and ${Object.keys(outputs).join(', ') || 'none at all'}: it is of another version`,
  );
}

const hostOutputs = (outputs: Outputs): HostOutputs => ({
  address: output(outputs, 'Address'),
  serverId: output(outputs, 'InstanceId'),
});

const statusOutputs = (outputs: Outputs): StatusOutputs => ({
  bucket: output(outputs, 'BucketName'),
  distribution: output(outputs, 'DistributionId'),
  url: output(outputs, 'StatusUrl'),
  poller: output(outputs, 'PollerName'),
});
