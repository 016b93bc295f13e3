import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from './stacks/app.ts';
import { readStackConfig } from './stacks/config.ts';

/*
 * The app that the cdk command line runs (cdk.json):
 *
 *   cdk synth -c config=FILE               every stack of a deployment, checked by cdk-nag and by the rules of infra/stacks/rules
 *   cdk deploy PinataStatus-NAME -c config=FILE
 *
 * `btc-pinata deploy` writes the file and calls it.
 */

const root = join(import.meta.dirname, '..');
const app = new App();
const word = (name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' ? value : undefined;
};

const config = word('config');
if (config === undefined)
  throw new Error('which deployment? cdk ... -c config=FILE (infra/stacks/config.ts says what is in it)');
const poller = word('poller') ?? join(root, 'status-page/dist/poller');
if (!existsSync(poller)) throw new Error(`${poller} is missing; make it: node status-page/poller/bundle.ts`);
addStacks(app, readStackConfig(config), poller);
