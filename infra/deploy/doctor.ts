import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Refusal } from '../claim/refusal.ts';
import { installed } from '../packaged.ts';
import { tokenVariables } from '../vps/inputs.ts';
import { cloudOf } from '../vps/run.ts';
import { type Clients, clientsOf } from './clients.ts';
import type { Deployment } from './deployment.ts';
import {
  bootstrapFinding,
  type Identity,
  identityOf,
  instanceTypeFinding,
  permissionFinding,
  quotaFindings,
  stackOutputs,
} from './doctor-aws.ts';
import { sentenceOf } from './failures.ts';
import { type Finding, ok, problem, unknown } from './finding.ts';
import { pageZoneOf, zoneFinding } from './hosted-zone.ts';
import { awsRegions, hostStack, statusRegion, statusStack, usesAws } from './plan.ts';
import { policyOf } from './policy.ts';
import type { ReleaseFolder } from './release-files.ts';
import { releaseFinding } from './release-finding.ts';
import { tokenIn } from './token.ts';

/* All that is looked at before anything is touched, in the order in which a person would ask. Changes nothing. */

export interface Doctor {
  readonly root: string;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clients?: (region: string) => Clients;
  /** Of the API of a VPS's cloud; its own if absent. */
  readonly endpoint?: string | undefined;
  /** Stacks of this name may be there without a document. */
  readonly adopt?: boolean;
}

export interface Examined {
  readonly findings: readonly Finding[];
  readonly identity: Identity | undefined;
}

/** What is examined: a draft, whose account is not known yet. */
export type Patient = Pick<Deployment, 'name' | 'provider' | 'region' | 'chosen' | 'release' | 'stacks' | 'host'>;

export async function examine(patient: Patient, release: ReleaseFolder | Refusal, doctor: Doctor): Promise<Examined> {
  const local = [
    toolFinding(doctor.root),
    diskFinding(doctor.folder),
    await releaseFinding(patient, release, doctor.root),
  ];
  const token = await tokenFinding(patient, doctor);
  if (!usesAws(patient)) return { findings: [...local, ...token], identity: undefined };
  const clients = doctor.clients ?? clientsOf;
  const { signal } = doctor;
  let identity: Identity;
  try {
    identity = await identityOf(clients(statusRegion), signal);
  } catch (error) {
    const words = sentenceOf(error) ?? (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    // Who puts this right is not to think that it was all.
    const rest = unknown('AWS', `what else is needed of it (${lookedAt}) is not looked at without credentials`);
    return { findings: [...local, ...token, problem('credentials', words), rest], identity: undefined };
  }
  const { account, arn } = identity;
  const measured = patient.provider === 'ec2';
  const region = measured ? patient.region : undefined;
  const pageZone = pageZoneOf(patient.chosen);
  const { statusPage } = patient.chosen;
  const policy = policyOf({ account, name: patient.name, region, statusPage, hostedZone: pageZone?.hostedZone });
  const remote = await Promise.all([
    permissionFinding(identity, policy, clients(statusRegion), signal),
    ...awsRegions(patient).map((one) => bootstrapFinding(one, clients(one), signal)),
    ...(measured
      ? [
          instanceTypeFinding(
            patient.chosen.serverType,
            { region: patient.region, zone: patient.host.zone },
            clients(patient.region),
            signal,
          ),
        ]
      : []),
    ...(pageZone === undefined ? [] : [zoneFinding(pageZone, account, clients(statusRegion), signal)]),
    ...stackNames(patient).map(({ stack, where }) => nameFinding(stack, where, patient, clients(where), doctor)),
  ]);
  const quotas = measured ? await quotaFindings(patient.region, clients(patient.region), signal) : [];
  return {
    findings: [...local, ...token, ok('credentials', `AWS account ${account}, as ${arn}`), ...remote, ...quotas],
    identity,
  };
}

const lookedAt = 'permissions, bootstrap, type of machine, zone of a domain, names, quotas';

const stackNames = ({ provider, name, region, chosen }: Patient) => [
  ...(provider === 'ec2' ? [{ stack: hostStack(name), where: region }] : []),
  ...(chosen.statusPage ? [{ stack: statusStack(name), where: statusRegion }] : []),
];

async function nameFinding(
  stack: string,
  region: string,
  { stacks }: Patient,
  { cloudFormation }: Clients,
  { signal, adopt = false }: Doctor,
): Promise<Finding> {
  try {
    const there = await stackOutputs(stack, cloudFormation, signal);
    if (there === undefined) return ok('name', `${stack} is free in ${region}`);
    if (stacks.includes(stack)) return ok('name', `${stack} is ours`);
    if (adopt) return ok('name', `${stack} is there, and taken over`);
    return problem(
      'name',
      `${stack} is there in ${region} already, and no deployment.json here says so: take another --name, bring that file here, or --adopt it`,
    );
  } catch (error) {
    return unknown('name', `whether ${stack} is free: ${sentenceOf(error) ?? String(error)}`);
  }
}

/** CDK 3.0.0 was published by accident, and cannot read what the library writes. */
const pinnedCdk = '2.1148.1';

function toolFinding(root: string): Finding {
  const path = join(installed(root, 'aws-cdk'), 'package.json');
  if (!existsSync(path)) return problem('tools', `${path} is missing: run \`npm ci\` in ${root}`);
  const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(path, 'utf8')));
  if (version !== pinnedCdk)
    return problem('tools', `cdk ${version} is installed, and ${pinnedCdk} is needed: run \`npm ci\` in ${root}`);
  return ok('tools', `Node ${process.versions.node}, cdk ${version}`);
}

/** What CDK and a deployment write. */
const neededBytes = 200 * 1024 * 1024;

function diskFinding(folder: string): Finding {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  if (free < neededBytes)
    return problem('disk', `${Math.floor(free / 2 ** 20)} MiB are free for ${folder}, and 200 are needed: make room`);
  return ok('disk', `${folder}`);
}

/** Asked of the cloud itself: else a token that is wrong would be found out when the page is deployed. */
async function tokenFinding({ provider }: Patient, { environment, endpoint }: Doctor): Promise<readonly Finding[]> {
  if (provider === 'ec2') return [];
  try {
    await cloudOf({ provider, endpoint }, { token: tokenIn(environment, provider) }).checkToken();
    return [ok('token', `${provider} takes that of ${tokenVariables[provider]}`)];
  } catch (error) {
    return [problem('token', sentenceOf(error) ?? String(error))];
  }
}
