import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeInstanceTypeOfferingsCommand, DescribeInstanceTypesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { describe, expect, test } from 'vitest';
import { clientsOf } from '../../infra/deploy/clients.ts';
import {
  bootstrapFinding,
  instanceTypeFinding,
  permissionFinding,
  quotaFindings,
} from '../../infra/deploy/doctor-aws.ts';
import { policyOf } from '../../infra/deploy/policy.ts';
import { zoneWith } from '../../infra/deploy/zones.ts';
import { answered } from '../cloud/stand-ins.ts';

/* What AWS says of types of machines, quotas and permissions, and what is made of it. */

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
  const ec2 = answered(new EC2Client({ region: 'us-east-1' }), (command) => {
    if (command instanceof DescribeInstanceTypeOfferingsCommand) {
      expect(command.input.LocationType).toBe('availability-zone');
      return { InstanceTypeOfferings: having.map((Location) => ({ Location })) };
    }
    if (command instanceof DescribeInstanceTypesCommand) return { InstanceTypes: [type] };
    throw new Error('nobody asked for that');
  });
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

describe('a region', () => {
  const refusing = (region: string, ofCloudFormation: Error, ofEc2 = ofCloudFormation) => {
    const cloudFormation = answered(new CloudFormationClient({ region }), () => Promise.reject(ofCloudFormation));
    const ec2 = answered(new EC2Client({ region }), () => Promise.reject(ofEc2));
    const there = { ...clientsOf(region), cloudFormation, ec2 };
    return Promise.all([
      bootstrapFinding(region, there, live),
      instanceTypeFinding('t3.micro', { region, zone: null }, there, live),
    ]);
  };
  const named = (name: string) => Object.assign(new Error('of the service'), { name });

  test.each([
    ['InvalidClientTokenId', 'InvalidClientTokenId'],
    // EC2 alone says so.
    ['UnrecognizedClientException', 'AuthFailure'],
    ['OptInRequired', 'OptInRequired'],
  ])(
    'that is not enabled does not know credentials that are good elsewhere: %s, %s',
    async (ofCloudFormation, ofEc2) => {
      for (const { outcome, words } of await refusing('eu-south-1', named(ofCloudFormation), named(ofEc2))) {
        expect(outcome).toBe('problem');
        expect(words).toMatch(/^eu-south-1 does not take these credentials, .*: enable that region in your account/);
      }
    },
  );

  test('that there is not has no address', async () => {
    const noAddress = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    for (const { words } of await refusing('us-esat-1', new Error('fetch failed', { cause: noAddress }))) {
      expect(words).toMatch(/^us-esat-1 has no address: AWS has no region of this name, or the network/);
    }
  });

  test('is not what anything else is about', async () => {
    const [bootstrap] = await refusing('eu-south-1', named('ExpiredTokenException'));
    expect(bootstrap?.words).toMatch(/^the credentials of AWS have expired/);
    const [first] = await refusing('us-east-1', named('InvalidClientTokenId'));
    expect(first?.words).toMatch(/^AWS does not know these credentials/);
  });
});

test('the first zone that has it is taken, and none is an error', async () => {
  expect(await zoneWith('t3.micro', 'us-east-1', clients({ zones }), live)).toBe('us-east-1b');
  await expect(zoneWith('t3.micro', 'us-east-1', clients({ zones: [] }), live)).rejects.toThrow(
    'us-east-1 has no t3.micro',
  );
});

describe('quotas', () => {
  const asked = (answer: (code: string) => unknown) => {
    const quotas = answered(new ServiceQuotasClient({ region: 'us-east-1' }), (command) => {
      if (!(command instanceof GetServiceQuotaCommand)) throw new Error('nobody asked for that');
      return answer(command.input.QuotaCode ?? '');
    });
    return quotaFindings('us-east-1', { ...clientsOf('us-east-1'), quotas }, live);
  };

  test('that are enough, and that are not', async () => {
    expect(await asked(() => ({ Quota: { Value: 5 } }))).toEqual([
      { what: 'quota', outcome: 'ok', words: '5 virtual processors of standard instances in us-east-1' },
      { what: 'quota', outcome: 'ok', words: '5 elastic addresses in us-east-1' },
    ]);
    const [processors, addresses] = await asked((code) => ({ Quota: { Value: code === 'L-1216C47A' ? 1 : 0 } }));
    expect(processors).toMatchObject({
      outcome: 'problem',
      words:
        '1 virtual processors of standard instances in us-east-1, and 2 are needed: ask for more in Service Quotas',
    });
    expect(addresses).toMatchObject({ outcome: 'problem' });
  });

  test('that nobody may ask for are no reason to stop', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const findings = await asked(() => Promise.reject(denied));
    expect(findings.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
  });
});

describe('what the credentials may do', () => {
  const policy = policyOf({
    account: '123456789012',
    name: 'pinata',
    region: 'us-east-1',
    statusPage: true,
    hostedZone: undefined,
  });
  const asked = (arn: string, answer: (input: SimulatePrincipalPolicyCommandInput) => unknown) => {
    const iam = answered(new IAMClient({ region: 'us-east-1' }), (command) => {
      if (!(command instanceof SimulatePrincipalPolicyCommand)) throw new Error('nobody asked for that');
      return answer(command.input);
    });
    return permissionFinding({ account: '123456789012', arn }, policy, { ...clientsOf('us-east-1'), iam }, live);
  };
  const user = 'arn:aws:iam::123456789012:user/somebody';
  const each = (decision: (action: string) => string) => (input: SimulatePrincipalPolicyCommandInput) => ({
    EvaluationResults: (input.ActionNames ?? []).map((EvalActionName) => ({
      EvalActionName,
      EvalDecision: decision(EvalActionName),
    })),
  });

  test('is asked of IAM, of the role and not of its session', async () => {
    const sources: (string | undefined)[] = [];
    const answer = (input: SimulatePrincipalPolicyCommandInput) => {
      sources.push(input.PolicySourceArn);
      return each(() => 'allowed')(input);
    };
    expect(await asked(user, answer)).toMatchObject({ outcome: 'ok' });
    await asked('arn:aws:sts::123456789012:assumed-role/deployer/a-session', answer);
    expect(sources).toEqual([user, 'arn:aws:iam::123456789012:role/deployer']);
  });

  test('names what is missing', async () => {
    const finding = await asked(
      user,
      each((action) => (action === 'ec2:RegisterImage' ? 'implicitDeny' : 'allowed')),
    );
    expect(finding.words).toContain('not allowed on every resource: ec2:RegisterImage. `doctor --policy` prints');
  });

  test('is said to be unknown where nobody may ask', async () => {
    expect(await asked(user, () => Promise.reject(new Error('no')))).toMatchObject({ outcome: 'unknown' });
  });
});
