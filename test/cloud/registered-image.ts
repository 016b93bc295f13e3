import { CreateSnapshotCommand, CreateVolumeCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import type { ClientSettings } from './emulated-cloud.ts';

/** As a measured image is registered, of a snapshot that has nothing in it. Resolves with its id. */
export async function registeredImage(settings: ClientSettings): Promise<string> {
  const ec2 = new EC2Client(settings);
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${settings.region}a`, Size: 1 }));
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const { ImageId = '' } = await ec2.send(
    new RegisterImageCommand({
      Name: 'btc-pinata',
      Architecture: 'x86_64',
      BootMode: 'uefi',
      TpmSupport: 'v2.0',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
    }),
  );
  return ImageId;
}
