import { join } from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import { readDeployment } from './state-file.ts';

/* Which deployment a verb is about: `--name` and `--folder`, of all verbs but `deploy`. */

export const ofDeployment = {
  name: { type: 'string', default: 'pinata' },
  folder: { type: 'string', default: 'deployments' },
  yes: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

export const folderOf = ({ name, folder }: { readonly name: string; readonly folder: string }): string =>
  join(folder, name);

/** Throws a Refusal where there is no deployment of this name. */
export function existing(folder: string, name: string): Deployment {
  const deployment = readDeployment(folder);
  if (deployment !== undefined && deployment.name !== name) {
    throw new Refusal(
      `${folder}/deployment.json is of the deployment ${deployment.name}, and ${name} was named: nothing was touched`,
    );
  }
  if (deployment !== undefined) return deployment;
  throw new Refusal(
    `there is no deployment ${name} here (${folder}/deployment.json): name another with --name, or its place with --folder`,
  );
}

/** What was shown is what is done: another run may have ended between the two. Throws a Refusal where it has changed. */
export function unchanged(folder: string, shown: Deployment | undefined): void {
  const now = readDeployment(folder);
  if (JSON.stringify(now) === JSON.stringify(shown)) return;
  throw new Refusal(`another run has changed ${folder} meanwhile: run this again, and look at what it says`);
}

export async function sameAccount(
  { account, name }: Pick<Deployment, 'account' | 'name'>,
  world: { account(): Promise<string> },
): Promise<void> {
  if (account === null) return;
  const own = await world.account();
  if (own === account) return;
  throw new Refusal(
    `${name} is in the AWS account ${account}, and these credentials are of ${own}: nothing was touched`,
  );
}
