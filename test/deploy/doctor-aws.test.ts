import { DescribeInstanceTypeOfferingsCommand, DescribeInstanceTypesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { clientsOf } from '../../infra/deploy/clients.ts';
import { instanceTypeFinding } from '../../infra/deploy/doctor-aws.ts';
import { zoneWith } from '../../infra/deploy/zones.ts';

/* What EC2 says of a type of machine, and what is made of it. */

interface Said {
  /** Zones that have it. */
  readonly zones: readonly string[];
  readonly type?: {
    readonly SupportedBootModes?: readonly string[];
    readonly ProcessorInfo?: { readonly SupportedArchitectures: readonly string[] };
    readonly NitroTpmSupport?: string;
  };
}

const t3 = {
  SupportedBootModes: ['legacy-bios', 'uefi'],
  ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
  NitroTpmSupport: 'supported',
  NitroTpmInfo: { SupportedVersions: ['2.0'] },
};
const zones = ['us-east-1f', 'us-east-1b'];

function clients({ zones: having, type = t3 }: Said) {
  const ec2 = new EC2Client({ region: 'us-east-1' });
  ec2.send = async (command: unknown) => {
    if (command instanceof DescribeInstanceTypeOfferingsCommand) {
      expect(command.input.LocationType).toBe('availability-zone');
      return { InstanceTypeOfferings: having.map((Location) => ({ Location })) };
    }
    if (command instanceof DescribeInstanceTypesCommand) return { InstanceTypes: [type] };
    throw new Error('nobody asked for that');
  };
  return { ...clientsOf('us-east-1'), ec2 };
}

const live = new AbortController().signal;
const found = (said: Said, zone: string | null = null) =>
  instanceTypeFinding('t3.micro', { region: 'us-east-1', zone }, clients(said), live);

describe('the type of machine', () => {
  test('has x86-64, UEFI and a TPM in the zones that are named', async () => {
    expect(await found({ zones })).toEqual({
      what: 'NitroTPM',
      outcome: 'ok',
      words: 't3.micro in us-east-1b, us-east-1f: x86-64, UEFI, NitroTPM 2.0',
    });
    expect(await found({ zones }, 'us-east-1f')).toMatchObject({ words: expect.stringContaining('in us-east-1f: ') });
  });

  test.each([
    [{ zones: [] }, null, 'us-east-1 has no t3.micro: take another with --type, or another --region'],
    [{ zones }, 'us-east-1e', 'us-east-1e has no t3.micro, and these zones have: us-east-1b, us-east-1f'],
    [{ zones, type: { ...t3, NitroTpmSupport: 'unsupported' } }, null, 't3.micro has no NitroTPM or no UEFI'],
    [{ zones, type: { ...t3, SupportedBootModes: ['legacy-bios'] } }, null, 't3.micro has no NitroTPM or no UEFI'],
    [{ zones, type: { ...t3, ProcessorInfo: { SupportedArchitectures: ['arm64'] } } }, null, 't3.micro is not x86-64'],
  ])('is a problem where it has not: %#', async (said, zone, words) => {
    expect(await found(said, zone)).toMatchObject({ outcome: 'problem', words: expect.stringContaining(words) });
  });
});

test('the first zone that has it is taken, and none is an error', async () => {
  expect(await zoneWith('t3.micro', 'us-east-1', clients({ zones }), live)).toBe('us-east-1b');
  await expect(zoneWith('t3.micro', 'us-east-1', clients({ zones: [] }), live)).rejects.toThrow(
    'us-east-1 has no t3.micro',
  );
});
