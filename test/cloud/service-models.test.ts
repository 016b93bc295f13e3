import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { filesBelow } from '../support/imports.ts';
import { required } from '../support/required.ts';
import { startCloud } from './emulated-cloud.ts';
import type { Answer, Call } from './gateway.ts';
import { hostedZone } from './page-domain.ts';
import { registeredImage } from './registered-image.ts';
import type { ResourceType } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';
import { type Command, faultsOf, type Provisioned } from './service-models.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

/*
 * What our stand-ins for AWS say and take is what the models of AWS's services have. Each emulated cloud looks at that as it stops
 * (emulated-cloud.ts), and each file of tests that answers itself as it ends (stand-ins.ts); here all types of resources have their turn, and what is wrong is found.
 */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);

describe.skipIf(cloudPrograms.missing)('the types of resources that are ours', () => {
  test('make, change and delete what CloudFormation has in its registry, each of them', async () => {
    const cloud = await startCloud();
    onTestFinished(() => cloud.stop());
    const values = { image: await registeredImage(cloud.client), zone: await hostedZone(cloud.client) };
    const client = new CloudFormationClient(cloud.client);
    const StackName = 'ours';
    const ends = (status: string) =>
      vi.waitFor(async () => expect(await statusOf(client, StackName)).toBe(status), {
        timeout: 300_000,
        interval: 100,
      });
    await client.send(new CreateStackCommand({ StackName, TemplateBody: template(values) }));
    await ends('CREATE_COMPLETE');
    await client.send(new UpdateStackCommand({ StackName, TemplateBody: template(values, changes) }));
    await ends('UPDATE_COMPLETE');
    await client.send(new DeleteStackCommand({ StackName }));
    await ends('gone');

    const turns = Object.entries<ResourceType>(resourceTypes).flatMap(([type, { update }]) =>
      ['create', 'delete', ...(update === undefined ? [] : ['update'])].map((action) => `${action} ${type}`),
    );
    const had = new Set(cloud.seen.resources?.map(({ action, type }) => `${action} ${type}`));
    expect(turns.filter((turn) => !had.has(turn))).toEqual([]);
    // Their own calls are among what is looked at.
    const callers = cloud.seen.exchanges?.map(({ call }) => call.caller);
    expect(callers).toContain(cloud.itself.credentials.accessKeyId);
  });

  const templated = v.object({
    Resources: v.record(v.string(), v.looseObject({ Type: v.string(), Properties: v.optional(v.looseObject({}), {}) })),
  });

  /** Properties that are changed in place. */
  const changes: Readonly<Record<string, object>> = {
    'AWS::EC2::Instance': { DisableApiTermination: false },
    'AWS::CertificateManager::Certificate': { Tags: [{ Key: 'Name', Value: 'another' }] },
  };

  /** All that are ours in the stacks of the project, as they are there. */
  function template({ image, zone }: { readonly image: string; readonly zone: string }, changed: typeof changes = {}) {
    const all = ['host', 'status', 'status-of-a-domain'].flatMap((name) => {
      const text = readFileSync(new URL(`../cdk/${name}.json`, import.meta.url), 'utf8')
        .replaceAll('ami-0123456789abcdef0', image)
        .replaceAll('Z0123456789ABCDEFGHIJ', zone)
        // Of the distribution, which is none of ours.
        .replaceAll(/\{\s*"Fn::GetAtt": \[\s*"Distribution",\s*"DomainName"\s*\]\s*\}/g, '"d1.cloudfront.net"');
      return Object.entries(v.parse(templated, JSON.parse(text)).Resources);
    });
    const ours = all
      .filter(([, { Type }]) => Type in resourceTypes)
      .map(([id, own]) => [id, { ...own, Properties: { ...own.Properties, ...changed[own.Type] } }]);
    return JSON.stringify({ Resources: Object.fromEntries(ours) });
  }

  async function statusOf(client: CloudFormationClient, StackName: string): Promise<string> {
    const described = client.send(new DescribeStacksCommand({ StackName })).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('does not exist')) return { Stacks: [] };
      throw error;
    });
    const status = (await described).Stacks?.[0]?.StackStatus ?? 'gone';
    return status === 'DELETE_COMPLETE' ? 'gone' : status;
  }
});

test('no test answers for a client of the SDK but by stand-ins.ts, where that is noted', () => {
  const root = join(import.meta.dirname, '../..');
  const spellsIt = ['test/cloud/stand-ins.ts', 'test/cloud/service-models.test.ts'];
  const answering = filesBelow(root, 'test')
    .filter((file) => file.endsWith('.ts') && !spellsIt.includes(file))
    .filter((file) =>
      /\.send = |\bsend: async|\bmiddlewareStack\b|\brequestHandler:/.test(readFileSync(join(root, file), 'utf8')),
    );
  expect(answering).toEqual([]);
});

/* Each has what is right beside what is wrong, and only that is named. */
describe.skipIf(cloudPrograms.missing)('a stand-in that says what AWS does not', () => {
  const call = (service: string, given: Partial<Call>): Call => ({
    ...{ caller: 'nobody', service, region: 'us-east-1', method: 'POST', path: '/', action: '', headers: {} },
    body: Buffer.alloc(0),
    ...given,
  });
  const query = (service: string, body: string): Call =>
    call(service, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(body) });
  const json = (service: string, path: string, body: object, headers: Call['headers'] = {}): Call =>
    call(service, {
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(JSON.stringify(body)),
    });
  const requestCertificate = (body: object): Call =>
    json('acm', '/', body, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CertificateManager.RequestCertificate',
    });
  const record = (change: string): Call =>
    call('route53', {
      path: '/2013-04-01/hostedzone/Z1/rrset',
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from(
        `<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change>${change}</Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
      ),
    });
  const set = '<ResourceRecordSet><Name>a.example.org</Name><Type>A</Type></ResourceRecordSet>';
  const run = 'Action=RunInstances&Version=2016-11-15&ImageId=ami-1&MaxCount=1';

  test('is found by what it takes: operation, member and value', async () => {
    const right = [
      query('ec2', `${run}&MinCount=1`),
      requestCertificate({ DomainName: 'a.example.org' }),
      record(`<Action>UPSERT</Action>${set}`),
    ];
    const wrong = [
      query('ec2', 'Action=RunInstance&Version=2016-11-15'),
      query('ec2', run),
      query('ec2', `${run}&MinCount=1&Colour=red`),
      query('ec2', `${run}&MinCount=one`),
      query('ec2', `${run}&MinCount=1&InstanceType=t9.huge`),
      requestCertificate({ DomainName: 'a example', IdempotencyToken: 'x'.repeat(33), Colour: 'red' }),
      json('ebs', '/snapshots', { VolumeSize: '1', Tags: [{ Key: 'a', Hue: 'red' }] }),
      json('ebs', '/snapshots?colour=red', { VolumeSize: 1 }, { 'x-amz-colour': 'red' }),
      json('ebs', '/snapshot', { VolumeSize: 1 }),
      record(`<Action>INSERT</Action>${set}`),
      record(`<Action>UPSERT</Action>${set}<Colour>red</Colour>`),
    ];
    expect(await faultsOf({ exchanges: [...right, ...wrong].map((call) => ({ call })) })).toEqual([
      'ec2: POST /: the model has no such operation',
      'ec2:RunInstances: Missing required parameter in input: "MinCount"',
      'ec2:RunInstances: body: Colour = red is not in the model',
      expect.stringMatching(/^ec2:RunInstances: Invalid type for parameter MinCount, value: one, /),
      expect.stringMatching(/^ec2:RunInstances: InstanceType: "t9\.huge" is none of a1\.medium, /),
      expect.stringMatching(/^acm:RequestCertificate: DomainName: "a example" is not of the pattern /),
      `acm:RequestCertificate: IdempotencyToken: ${'x'.repeat(33)} is 33, and at most 32 is allowed`,
      'acm:RequestCertificate: body: .Colour = red is not in the model',
      'ebs:StartSnapshot: body: .Tags[0].Hue = red is not in the model',
      "ebs:StartSnapshot: body: .VolumeSize = '1' is read as 1",
      'ebs:StartSnapshot: query: colour = red is not in the model',
      'ebs:StartSnapshot: header: x-amz-colour = red is not in the model',
      'ebs: POST /snapshot: the model has no such operation',
      'route53:ChangeResourceRecordSets: ChangeBatch.Changes[0].Action: "INSERT" is none of CREATE, DELETE, UPSERT',
      'route53:ChangeResourceRecordSets: body: .ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.Colour = red is not in the model',
    ]);
  });

  const say = (call: Call, status: number, type: string, body: string) => ({ call, answer: { status, type, body } });

  test('is found by what it answers', async () => {
    const start = json('ebs', '/snapshots', { VolumeSize: 1 });
    const snapshots = query('ec2', 'Action=DescribeSnapshots&Version=2016-11-15');
    const ofEc2 = (inner: string) =>
      `<DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><snapshotSet><item>${inner}</item></snapshotSet></DescribeSnapshotsResponse>`;
    const zone = call('route53', { method: 'GET', path: '/2013-04-01/hostedzone/Z1' });
    const who = query('sts', 'Action=GetCallerIdentity&Version=2011-06-15');
    const refused = (code: string) =>
      `<ErrorResponse><Error><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;
    const right = [
      say(start, 201, 'application/json', '{"SnapshotId":"snap-01","Status":"pending"}'),
      say(snapshots, 200, 'text/xml', ofEc2('<snapshotId>snap-01</snapshotId><status>completed</status>')),
      say(who, 403, 'text/xml', refused('ExpiredToken')),
      say(zone, 404, 'text/xml', refused('NoSuchHostedZone')),
    ];
    const wrong = [
      say(start, 201, 'application/json', '{"SnapshotId":"ami-01","State":"pending"}'),
      say(start, 400, 'application/json', '{"__type":"AccessDeniedException","Message":"m"}'),
      say(start, 403, 'application/json', '{"__type":"AccessDeniedException","Reason":"OF_OURS"}'),
      say(start, 403, 'application/json', '{"__type":"AccessDeniedException","Reason":"UNAUTHORIZED_ACCOUNT","Hue":1}'),
      say(start, 400, 'application/json', '{"__type":"NoSuchSnapshot"}'),
      say(start, 200, 'application/json', '{"SnapshotId":"snap-01"}'),
      say(start, 201, 'application/json', '{"SnapshotId"'),
      say(snapshots, 200, 'text/xml', ofEc2('<snapshotId>snap-01</snapshotId><status>finished</status>')),
      say(snapshots, 200, 'text/xml', ofEc2('<snapshotId>snap-01</snapshotId><state>completed</state>')),
      say(zone, 200, 'text/xml', '<GetHostedZoneResponse><DelegationSet/></GetHostedZoneResponse>'),
      say(who, 403, 'text/xml', refused('Nonsense')),
    ];
    expect(await faultsOf({ exchanges: [...right, ...wrong] })).toEqual([
      'ebs:StartSnapshot: SnapshotId: "ami-01" is not of the pattern ^snap-[0-9a-f]+$',
      'ebs:StartSnapshot: answer: .State = pending is not in the model',
      'ebs:StartSnapshot: AccessDeniedException has the status 403, not 400',
      'ebs:StartSnapshot: AccessDeniedException: Missing required parameter in input: "Reason"',
      'ebs:StartSnapshot: AccessDeniedException: Reason: "OF_OURS" is none of UNAUTHORIZED_ACCOUNT, DEPENDENCY_ACCESS_DENIED',
      'ebs:StartSnapshot: AccessDeniedException: Hue is not in the model',
      expect.stringMatching(/^ebs:StartSnapshot: "NoSuchSnapshot" is none of its errors: AccessDeniedException, /),
      'ebs:StartSnapshot: it ends with the status 201, not 200',
      expect.stringMatching(/^ebs:StartSnapshot: the answer cannot be read: JSONDecodeError/),
      expect.stringMatching(
        /^ec2:DescribeSnapshots: Snapshots\[0\]\.State: "finished" is none of pending, completed, /,
      ),
      'ec2:DescribeSnapshots: answer: .DescribeSnapshotsResponse.snapshotSet.item.state = completed is not in the model',
      'route53:GetHostedZone: Missing required parameter in input: "HostedZone"',
      'route53:GetHostedZone: Missing required parameter in DelegationSet: "NameServers"',
      'sts:GetCallerIdentity: "Nonsense" is none of its errors: ',
    ]);
  });

  test('is found where it has the place of a client', async () => {
    const command = (operation: string, input: object, end: Command['end']): Command => ({
      service: 'ebs',
      operation,
      input,
      end,
    });
    const input = { VolumeSize: 1 };
    const put = {
      SnapshotId: 'snap-01',
      BlockIndex: 0,
      DataLength: 524_288,
      Checksum: 'c',
      ChecksumAlgorithm: 'SHA256',
    };
    expect(
      await faultsOf({
        commands: [
          command('StartSnapshot', input, { output: { SnapshotId: 'snap-01', StartTime: new Date(0) } }),
          command('PutSnapshotBlock', { ...put, BlockData: new Uint8Array(8) }, { error: 'RequestThrottledException' }),
          command('StartSnapshot', input, undefined),
          command('BeginSnapshot', input, { output: {} }),
          command('StartSnapshot', {}, { output: { Snapshot: 'snap-01' } }),
          command('StartSnapshot', input, { output: { SnapshotId: 1 } }),
          command('StartSnapshot', input, { error: 'NoSuchSnapshot' }),
          command('PutSnapshotBlock', put, { output: {} }),
        ],
      }),
    ).toEqual([
      'ebs:BeginSnapshot: the model has no such operation',
      'ebs:StartSnapshot: Missing required parameter in input: "VolumeSize"',
      expect.stringMatching(/^ebs:StartSnapshot: Unknown parameter in input: "Snapshot", must be one of: /),
      expect.stringMatching(/^ebs:StartSnapshot: Invalid type for parameter SnapshotId, value: 1, /),
      expect.stringMatching(/^ebs:StartSnapshot: "NoSuchSnapshot" is none of its errors: AccessDeniedException, /),
      'ebs:PutSnapshotBlock: Missing required parameter in input: "BlockData"',
    ]);
  });

  test('is found where it makes a resource', async () => {
    const made = (type: string, properties: object, attributes: Readonly<Record<string, string>>): Provisioned => ({
      ...{ action: 'create', type, properties },
      made: { physicalId: 'vpc-0123456789abcdef0', attributes },
    });
    const CidrBlock = '10.0.0.0/24';
    const Tags = [{ Key: 'aws:cloudformation:stack-name', Value: 'of CloudFormation itself' }];
    const right = made(
      'AWS::EC2::VPC',
      { CidrBlock, Tags, EnableDnsSupport: 'true' },
      { VpcId: 'vpc-0123456789abcdef0' },
    );
    const wrong = [
      made('AWS::EC2::VPC', { CidrBlock, Colour: 'red' }, {}),
      made('AWS::EC2::VPC', { CidrBlock, InstanceTenancy: 'shared' }, {}),
      made('AWS::EC2::VPC', { CidrBlock }, { VpcId: 'vpc-1', Colour: 'red' }),
      made('AWS::EC2::Piñata', {}, {}),
    ];
    expect(await faultsOf({ resources: [right, ...wrong] })).toEqual([
      "AWS::EC2::VPC: Properties.Colour: Additional properties are not allowed ('Colour' was unexpected)",
      "AWS::EC2::VPC: Properties.InstanceTenancy: 'shared' is not one of ['dedicated', 'default', 'host']",
      'AWS::EC2::VPC: GetAtt Colour: it has no such attribute',
      'AWS::EC2::VPC: Ref: vpc-0123456789abcdef0 is not VpcId, vpc-1',
      expect.stringMatching(/^AWS::EC2::Piñata: Type: Resource type 'AWS::EC2::Piñata' does not exist/),
      "AWS::EC2::Piñata: CloudFormation's registry has no such type",
    ]);
  });

  test('fails the test that has it, as the emulated cloud stops', async () => {
    const cloud = await startCloud();
    cloud.gateway.intercept = ({ service }): Answer | undefined =>
      service === 'ec2'
        ? {
            status: 200,
            type: 'text/xml',
            body: '<DescribeSnapshotsResponse><snapshotSet><item><status>done</status></item></snapshotSet></DescribeSnapshotsResponse>',
          }
        : undefined;
    const { Snapshots } = await new EC2Client(cloud.client).send(new DescribeSnapshotsCommand({}));
    expect(Snapshots).toEqual([{ State: 'done' }]);
    await expect(cloud.stop()).rejects.toThrow(
      'ec2:DescribeSnapshots: Snapshots[0].State: "done" is none of pending, completed',
    );
  });
});
