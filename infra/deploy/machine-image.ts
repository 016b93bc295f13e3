import { DescribeImagesCommand, type EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import type { Deployment } from './deployment.ts';
import { deploymentTag } from './policy.ts';

/* An image of EC2 that boots the snapshot as what it is: one file that UEFI starts, measured into a TPM (docs/image.md). */

/**
 * A name is unique in a region of an account, so that a second registration finds the first. It has the hash of what boots, and
 * EC2 deletes no snapshot that an image stands on: the image of this name is the image.
 */
export const imageName = ({ name, release }: Pick<Deployment, 'name' | 'release'>): string =>
  `btc-pinata ${name} ${release.version} ${release.image?.sha256.slice(0, 16) ?? ''}`.trim();

export async function registered(
  deployment: Pick<Deployment, 'name' | 'release'>,
  snapshotId: string,
  ec2: EC2Client,
  signal: AbortSignal,
): Promise<string> {
  const name = imageName(deployment);
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'name', Values: [name] }] }),
    { abortSignal: signal },
  );
  const found = Images[0]?.ImageId;
  if (found !== undefined) return found;
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({
      Name: name,
      Description: `btc-pinata ${deployment.release.version}, measured: PCR 4 is in its release.json`,
      Architecture: 'x86_64',
      VirtualizationType: 'hvm',
      BootMode: 'uefi',
      TpmSupport: 'v2.0',
      EnaSupport: true,
      ImdsSupport: 'v2.0',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshotId, VolumeType: 'gp3', DeleteOnTermination: true } },
      ],
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: deploymentTag, Value: deployment.name }] }],
    }),
    { abortSignal: signal },
  );
  if (ImageId === undefined) throw new Error('RegisterImage answered without an ImageId');
  return ImageId;
}
