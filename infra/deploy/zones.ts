import { DescribeInstanceTypeOfferingsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { Refusal } from '../claim/refusal.ts';
import type { Clients } from './clients.ts';

/* Not every availability zone has every type of machine: one of us-east-1 (use1-az3, another letter in each account) has no T3. */

/** By their names, in order; none where the region does not have it. */
export async function zonesWith(type: string, ec2: EC2Client, signal: AbortSignal): Promise<readonly string[]> {
  const { InstanceTypeOfferings = [] } = await ec2.send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: [type] }],
    }),
    { abortSignal: signal },
  );
  return InstanceTypeOfferings.flatMap(({ Location }) => (Location === undefined ? [] : [Location])).toSorted();
}

/** The first of them. Throws a Refusal where there is none. */
export async function zoneWith(type: string, region: string, { ec2 }: Clients, signal: AbortSignal): Promise<string> {
  const [zone] = await zonesWith(type, ec2, signal);
  if (zone !== undefined) return zone;
  throw new Refusal(`${region} has no ${type}: take another with --type, or another --region`);
}
