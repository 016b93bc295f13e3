import { join } from 'node:path';
import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { StackConfig } from './config.ts';
import { HostStack } from './host.ts';
import { StatusStack, statusRegion } from './status.ts';

export interface Stacks {
  readonly status: StatusStack;
  /** None where the host is not on EC2. */
  readonly host: HostStack | undefined;
}

/** Every stack of a deployment, with what checks them when they are synthesised. `poller` is the folder of the bundled poller. */
export function addStacks(app: App, config: StackConfig, poller: string): Stacks {
  const account = config.account === null ? {} : { account: config.account };
  const { imageId } = config;
  const status = new StatusStack(app, `PinataStatus-${config.name}`, config, {
    env: { ...account, region: statusRegion },
    description: `status page of the pinata ${config.name}`,
    poller,
  });
  const host =
    imageId === null
      ? undefined
      : new HostStack(
          app,
          `PinataHost-${config.name}`,
          { ...config, imageId },
          {
            env: { ...account, region: config.region },
            description: `measured host of the pinata ${config.name}`,
          },
        );
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new CfnGuardValidator({ controlTowerRulesEnabled: false, rules: [join(import.meta.dirname, 'rules')] }),
  );
  return { status, host };
}
