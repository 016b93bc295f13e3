import { DescribeInstanceAttributeCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { ClientSettings } from './emulated-cloud.ts';

/** As the instance itself has it by its metadata. */
export async function instanceUserData(settings: ClientSettings, InstanceId: string): Promise<string> {
  const asked = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' });
  const { UserData } = await new EC2Client(settings).send(asked);
  return Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8');
}
