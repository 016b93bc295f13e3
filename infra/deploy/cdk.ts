import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { installed, isPackage } from '../packaged.ts';
import { cdkConfig } from './cdk-config.ts';
import type { Deployment } from './deployment.ts';
import { programEnds } from './program.ts';
import type { Tell } from './world.ts';

/* The stacks on AWS are deployed by CDK's own command line, with the app in infra/app.ts. */

export interface Cdk {
  /** Of this checkout. */
  readonly root: string;
  /** Of the deployment: what is written there can be shown to anybody. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** The bundled poller, where it is not the one of this checkout. */
  readonly poller?: string | undefined;
  /** Only while it is destroyed: the stacks may be deleted. */
  readonly unprotected?: boolean;
}

const program = (root: string): readonly string[] => {
  const path = join(installed(root, 'aws-cdk'), 'bin', 'cdk');
  if (existsSync(path)) return [process.execPath, path];
  throw new Refusal(`${path} is missing: run \`npm ci\` in ${root}`);
};

const outputsSchema = v.record(v.string(), v.record(v.string(), v.string()));

/** The outputs of one stack, by their keys. */
export async function deployed(
  stack: string,
  deployment: Deployment,
  cdk: Cdk,
  tell: Tell,
): Promise<Readonly<Record<string, string>>> {
  const outputs = resolve(cdk.folder, 'cdk', `${stack}.outputs.json`);
  mkdirSync(dirname(outputs), { recursive: true, mode: 0o700 });
  const words = ['deploy', stack, '--exclusively', '--require-approval', 'never', '--outputs-file', outputs];
  await runs([...words, '--progress', 'events'], deployment, cdk, tell);
  const found = v.parse(outputsSchema, JSON.parse(readFileSync(outputs, 'utf8')))[stack];
  if (found === undefined) throw new Refusal(`cdk deployed ${stack} and said nothing of it: look at ${logOf(cdk)}`);
  return found;
}

/** A stack that is not there is destroyed already. */
export const destroyed = (stack: string, deployment: Deployment, cdk: Cdk, tell: Tell): Promise<void> =>
  runs(['destroy', stack, '--exclusively', '--force', '--progress', 'events'], deployment, cdk, tell);

/** What would change, as CDK says it. */
export async function difference(stacks: readonly string[], deployment: Deployment, cdk: Cdk): Promise<string> {
  const lines: string[] = [];
  await runs(
    // By the templates: a change set would be made in the account, and a dry run makes nothing.
    ['diff', ...stacks, '--exclusively', '--method', 'template', '--no-color'],
    deployment,
    cdk,
    (line) => void lines.push(line),
    true,
  );
  return lines.join('\n');
}

export const bootstrapped = (
  account: string,
  region: string,
  deployment: Deployment,
  cdk: Cdk,
  tell: Tell,
): Promise<void> => runs(['bootstrap', `aws://${account}/${region}`], deployment, cdk, tell);

const logOf = ({ folder }: Cdk): string => join(folder, 'cdk', 'cdk.log');

async function runs(
  words: readonly string[],
  deployment: Deployment,
  cdk: Cdk,
  tell: Tell,
  whole = false,
): Promise<void> {
  mkdirSync(join(cdk.folder, 'cdk'), { recursive: true, mode: 0o700 });
  if (cdk.poller === undefined && words[0] !== 'bootstrap') await pollerBundled(cdk, tell);
  const config = resolve(cdk.folder, 'cdk', 'config.json');
  writeFileSync(config, `${JSON.stringify(cdkConfig(deployment, cdk.unprotected !== true), undefined, 2)}\n`);
  const { status, tail } = await programEnds({
    argv: [
      ...program(cdk.root),
      ...words,
      '--context',
      `config=${config}`,
      ...(cdk.poller === undefined ? [] : ['--context', `poller=${resolve(cdk.poller)}`]),
      '--output',
      resolve(cdk.folder, 'cdk', 'out'),
      '--ci',
      '--no-notices',
    ],
    // Outside of the repository there is no app that `bootstrap` would run first.
    cwd: words[0] === 'bootstrap' ? join(cdk.folder, 'cdk') : cdk.root,
    environment: {
      ...cdk.environment,
      // The app is started by a shell, as `node`: it is to be this one.
      PATH: `${dirname(process.execPath)}${delimiter}${cdk.environment['PATH'] ?? ''}`,
      CI: 'true',
      NO_COLOR: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
    log: logOf(cdk),
    line: (line) => {
      const said = whole ? line : eventOf(line);
      if (said !== undefined) tell(said);
    },
    signal: cdk.signal,
  });
  if (status === 0) return;
  cdk.signal.throwIfAborted();
  throw new Refusal(`${words[0]} of cdk failed: ${reasonOf(tail)}. All of it is in ${logOf(cdk)}`);
}

/** `PinataHost-x |  3/12 | 10:00:00 AM | CREATE_COMPLETE      | AWS::EC2::EIP | Address (Address123)`, in fewer words. */
export function eventOf(line: string): string | undefined {
  const cells = line.split('|').map((cell) => cell.trim());
  const [, count, , status, type] = cells;
  if (cells.length < 5 || count === undefined || status === undefined || type === undefined) return undefined;
  if (!/^[A-Z_]+$/.test(status)) return undefined;
  return `${count} ${type.replace(/^AWS::/, '').replaceAll('::', ' ')} ${status.toLowerCase().replaceAll('_', ' ')}`;
}

/** The line that says why, of the last ones: cdk and CloudFormation mark them. */
export function reasonOf(tail: readonly string[]): string {
  const marked =
    tail.findLast((line) => /_FAILED\b.*\|/.test(line)) ?? tail.findLast((line) => /❌|\berror\b|failed:/i.test(line));
  const words = (marked ?? tail.findLast((line) => line.trim() !== '') ?? 'it said nothing')
    .replace(/[^ -~]+/g, ' ')
    .trim();
  return (words.length > 300 ? `${words.slice(0, 300)}...` : words).replace(/\.$/, '');
}

/**
 * Where infra/app.ts looks for it. A package has it already, and whoever destroys takes what is there: nothing has to be built
 * for that.
 */
async function pollerBundled({ root, unprotected }: Cdk, tell: Tell): Promise<void> {
  const folder = join(root, 'status-page', 'dist', 'poller');
  if ((unprotected === true || isPackage(root)) && existsSync(join(folder, 'poller.mjs'))) return;
  tell('bundling the poller');
  const { refuseSurroundings } = await import('../build/bundle.ts');
  refuseSurroundings(root);
  const { bundlePoller } = await import('../../status-page/poller/bundle.ts');
  await bundlePoller(folder);
}
