import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployCommand } from '../../infra/deploy/deploy-command.ts';
import { doctorCommand } from '../../infra/deploy/doctor-command.ts';
import { hostPower } from '../../infra/deploy/host-power.ts';
import { readDeployment, writeDeployment } from '../../infra/deploy/state-file.ts';
import { type EmulatedCloud, startCloud } from '../cloud/emulated-cloud.ts';
import type { Answer, Call, Intercept } from '../cloud/gateway.ts';
import { actionsOf } from '../cloud/iam-actions.ts';
import { hostedZone, pageDomain } from '../cloud/page-domain.ts';
import { hasCloud, howToGetCloud } from '../cloud/venv.ts';
import { required } from '../support/required.ts';
import { aroundDeploy, clientsAt } from './on-emulated-aws.ts';
import { drafted, releaseFolder, scene } from './scene.ts';

/* `deploy` against an emulated AWS that refuses: each refusal is one sentence and status 1, and the next run goes on. */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const region = 'us-east-1';

/** As EC2 says it, and as the services of the query protocol do. */
const refused =
  (service: string, action: string, code: string, message: string, status = 403): Intercept =>
  (call) =>
    call.service === service && call.action === action ? answer(service, code, message, status) : undefined;

const answer = (service: string, code: string, message: string, status: number): Answer => ({
  status,
  type: 'text/xml',
  body:
    service === 'ec2'
      ? `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`
      : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});

const noSnapshots: Intercept = ({ service }: Call) =>
  service === 'ebs'
    ? {
        status: 403,
        type: 'application/json',
        body: JSON.stringify({
          __type: 'AccessDeniedException',
          Message: 'User: x is not authorized to perform: ebs:StartSnapshot on resource: y',
          Reason: 'UNAUTHORIZED_ACCOUNT',
        }),
      }
    : undefined;

describe.skipIf(cloudPrograms.missing)('on an emulated cloud', () => {
  let cloud: EmulatedCloud;
  const release = releaseFolder();
  /** Each begins with nothing. */
  let refusals = 0;

  beforeAll(async () => {
    cloud = await startCloud(region);
  });
  afterAll(() => cloud.stop());

  /** One run, of a host alone where the page has no domain of its own. */
  async function run(
    name: string,
    more: readonly string[] = [],
    { folder = newFolder(), intercept, endpoint = cloud.endpoint, command = deployCommand }: Run = {},
  ) {
    const { around, out, err } = scene();
    const place = {
      terminal: around.terminal,
      environment: { ...process.env, ...cloud.environment, AWS_ENDPOINT_URL: endpoint, HOME: folder },
      port: 9,
      clients: clientsAt(endpoint, 2),
    };
    const told = ['--network', 'regtest', '--refund-height', '1000', '--region', region, '--yes'];
    const page = more.includes('--page-domain') ? [] : ['--no-status'];
    const began = cloud.gateway.calls.length;
    cloud.gateway.intercept = intercept;
    const world = aroundDeploy({ ...place, world: (real) => ({ ...real, answers: async () => undefined }) });
    const argv = ['--folder', folder, '--release', release, '--name', name, ...told, ...page, ...more];
    const status = await command(argv, world);
    cloud.gateway.intercept = undefined;
    return { status, out: out(), err: err(), own: join(folder, name), calls: cloud.gateway.calls.slice(began) };
  }

  test('a dry run shows what cdk would change, in its own words, and changes nothing here or there', async () => {
    const folder = newFolder();
    const { status, out, err, calls } = await run('dry', ['--dry-run'], { folder });
    expect(status, err).toBe(0);
    expect(out).toMatch(/What cdk would change \(PinataHost-dry\):\n[\s\S]*\[\+\] AWS::EC2::Instance Host\w+ /);
    expect(out).toMatch(/\[\+\] AWS::EC2::EIP ReservedAddress /);
    const changing =
      /^(?:Allocate|Associate|Authorize|Complete|Create|Delete|Execute|Import|Modify|Put|Register|Run|Start|Update)/;
    expect(calls.filter(({ action }) => changing.test(action)).map(({ action }) => action)).toEqual([]);
    expect(calls.filter(({ service, method }) => ['ebs', 's3'].includes(service) && method !== 'GET')).toEqual([]);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
    // A synthesis and a diff, on a machine that may have a lot else to do.
  }, 1_800_000);

  test.each<[string, Intercept, RegExp]>([
    [
      'a token that nobody knows',
      refused(
        'sts',
        'GetCallerIdentity',
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
      ),
      /^btc-pinata deploy: 1 of these must be put right first\. credentials: AWS does not know these credentials: look at AWS_PROFILE, .*\n$/,
    ],
    [
      'one that has expired',
      refused('sts', 'GetCallerIdentity', 'ExpiredToken', 'The security token included in the request is expired'),
      /credentials: the credentials of AWS have expired: log in again .*\n$/,
    ],
    [
      'a permission that is missing, of EC2',
      refused(
        'ec2',
        'RegisterImage',
        'UnauthorizedOperation',
        'You are not authorized to perform this operation. User: x is not authorized to perform: ec2:RegisterImage on resource: y',
      ),
      /^btc-pinata deploy: AWS does not allow ec2:RegisterImage with these credentials: `btc-pinata doctor --policy` prints what has to be allowed\.\n$/,
    ],
    ['of EBS', noSnapshots, /^btc-pinata deploy: AWS does not allow ebs:StartSnapshot with these credentials: .*\n$/],
    [
      'throttling that goes on',
      refused('ec2', 'DescribeSnapshots', 'RequestLimitExceeded', 'Request limit exceeded.', 503),
      /^btc-pinata deploy: AWS asked us to slow down \(RequestLimitExceeded\), and went on asking: .*\n$/,
    ],
    [
      'a name that is taken by an image of somebody else’s',
      refused('ec2', 'RegisterImage', 'InvalidAMIName.Duplicate', 'AMI name is already in use by AMI', 400),
      /^btc-pinata deploy: a name that is needed is taken \(InvalidAMIName\.Duplicate\): take another with --name\.\n$/,
    ],
    [
      'a fault of AWS',
      refused('ec2', 'RegisterImage', 'InternalError', 'An internal error has occurred', 500),
      /^btc-pinata deploy: AWS has a fault of its own \(InternalError\): run this again .*\n$/,
    ],
  ])('%s', async (_, intercept, sentence) => {
    refusals += 1;
    const { status, err, out } = await run(`refused-${refusals}`, [], { intercept });
    expect(err, out).toMatch(sentence);
    expect([status, err.split('\n').length]).toEqual([1, 2]);
  });

  test('throttling that ends is waited for', async () => {
    let throttled = 0;
    const refuse = refused('ec2', 'DescribeSnapshots', 'RequestLimitExceeded', 'Request limit exceeded.', 503);
    const intercept: Intercept = (call) => {
      const instead = throttled < 1 ? refuse(call) : undefined;
      if (instead !== undefined) throttled += 1;
      return instead;
    };
    const { status, err } = await run('waits', [], {
      intercept: (call) =>
        intercept(call) ?? refused('ec2', 'RegisterImage', 'InternalError', 'after the snapshot', 500)(call),
    });
    expect([status, throttled, err]).toEqual([1, 1, expect.stringContaining('AWS has a fault of its own')]);
  });

  test('no route', async () => {
    const { status, err } = await run('nowhere', [], { endpoint: 'http://127.0.0.1:9' });
    expect(err).toMatch(/credentials: there is no way through to the cloud \(ECONNREFUSED\): .*\n$/);
    expect(status).toBe(1);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'full'));
    symlinkSync('/dev/full', join(folder, 'full', 'deployment.json.next'));
    const { status, err } = await run('full', [], { folder });
    expect(err).toBe(
      'btc-pinata deploy: the disk is full: nothing that was written before is lost; make room, and run this again to go on.\n',
    );
    expect(status).toBe(1);
    expect(readDeployment(join(folder, 'full'))).toBeUndefined();
  });

  test('the state of another account', async () => {
    const folder = newFolder();
    writeDeployment(join(folder, 'pinata'), { ...drafted({ region, statusPage: false }), account: '210987654321' });
    const { status, err, calls } = await run('pinata', [], { folder });
    expect([status, err]).toEqual([1, expect.stringContaining('nothing was touched.')]);
    expect(calls.filter(({ service }) => service === 'ebs')).toEqual([]);
  });

  test('the zone of a domain is looked at before anything is touched', async () => {
    const route53 = new Route53Client(cloud.client);
    const VPC = { VPCId: 'vpc-0123456789abcdef0', VPCRegion: 'us-east-1' } as const;
    const inside = { Name: 'example.org.', CallerReference: 'inside', HostedZoneConfig: { PrivateZone: true }, VPC };
    const { HostedZone } = await route53.send(new CreateHostedZoneCommand(inside));
    const hidden = HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
    const zone = await hostedZone(cloud.client);
    const others = 'status.example.com';
    const words = (domain: string, id: string) => ['--page-domain', domain, '--hosted-zone', id];
    const notAllowed: Intercept = ({ service }) =>
      service === 'route53' ? answer(service, 'AccessDenied', 'You do not have permission.', 403) : undefined;
    const wrong: readonly (readonly [string, string, string, Intercept?])[] = [
      [others, zone, `zone: ${zone} is the zone of example.org, which ${others} is not in: take the zone of that`],
      ['status.notexample.org', zone, `${zone} is the zone of example.org, which status.notexample.org is not in`],
      [pageDomain, hidden, `zone: ${hidden} is a private zone of example.org, which nobody outside its networks sees`],
      [pageDomain, 'Z0NOBODYS', 'zone: account 123456789012 has no Z0NOBODYS: --hosted-zone takes the id of a public'],
      [
        pageDomain,
        zone,
        `look at ${zone}: it is of another account than 123456789012, or route53:GetHosted`,
        notAllowed,
      ],
    ];
    for (const [domain, id, sentence, intercept] of wrong) {
      const { status, err, own, calls } = await run('zoned', words(domain, id), { intercept });
      expect([status, err]).toEqual([1, expect.stringContaining(sentence)]);
      expect(err.split('\n')).toHaveLength(2);
      expect(existsSync(own)).toBe(false);
      expect(calls.filter(({ action }) => /^(?:Create|Put|Register|Request|Run|Start)/.test(action))).toEqual([]);
    }

    // The domain is the zone's own name, or one below it.
    for (const domain of [pageDomain, 'example.org']) {
      const { out, calls } = await run('zoned', words(domain, zone), { command: doctorCommand });
      expect(out).toContain(`  ok   zone         ${domain} in ${zone}, of example.org\n`);
      const actions = calls.filter(({ service }) => service === 'route53').flatMap(actionsOf);
      expect(actions).toEqual(['route53:GetHostedZone']);
    }
    const { out: policy } = await run('zoned', [...words(pageDomain, zone), '--policy'], { command: doctorCommand });
    expect(JSON.parse(policy)).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Action: ['route53:GetHostedZone'],
          Resource: `arn:aws:route53:::hostedzone/${zone}`,
        }),
      ]),
    });
    const { out: without } = await run('zoned', ['--policy'], { command: doctorCommand });
    expect(without).not.toContain('route53');
  });

  test('a quota and a machine that is not to be had are told by what CloudFormation marked, and the next run goes on', async () => {
    const folder = newFolder();
    const words = 'You have requested more vCPU capacity than your current vCPU limit of 1 allows';
    const intercept = refused('ec2', 'RunInstances', 'VcpuLimitExceeded', words, 400);
    const { status, err, own } = await run('quota', [], { folder, intercept });
    expect(err).toMatch(
      /^btc-pinata deploy: deploy of cdk failed: .*You have requested more vCPU capacity.*All of it is in \S+cdk\.log\.\n$/,
    );
    expect([status, err.split('\n').length, readDeployment(own)?.state]).toEqual([1, 2, 'deploying:host']);
    const again = await run('quota', [], { folder });
    expect(again.status, again.err).toBe(0);
    expect(readDeployment(own)).toMatchObject({ state: 'live', stacks: ['PinataHost-quota'] });

    // What `rotate` and `logs` ask of EC2.
    const { signal } = new AbortController();
    const power = hostPower({ environment: {}, signal, clients: clientsAt(cloud.endpoint) });
    const deployment = readDeployment(own) ?? expect.fail('there is no document');
    await power.reboot(deployment);
    expect(await power.account()).toBe(deployment.account);
    expect(typeof (await power.console(deployment))).toBe('string');
    expect(cloud.gateway.calls.slice(-3).map(({ action }) => action)).toEqual([
      'RebootInstances',
      'GetCallerIdentity',
      'GetConsoleOutput',
    ]);

    // Without the document its stack is a stranger's, until that is taken over.
    const elsewhere = newFolder();
    const taken = await run('quota', [], { folder: elsewhere });
    expect([taken.status, taken.err]).toEqual([
      1,
      expect.stringContaining(
        'name: PinataHost-quota is there in us-east-1 already, and no deployment.json here says so',
      ),
    ]);
    // One deployment of cdk after the other, on a machine that may have a lot else to do.
  }, 1_800_000);
});

interface Run {
  readonly folder?: string;
  readonly intercept?: Intercept | undefined;
  readonly endpoint?: string;
  readonly command?: typeof deployCommand;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'pinata-on-aws-'));
