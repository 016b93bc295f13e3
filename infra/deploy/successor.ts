import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from './deployment.ts';
import { refundKeyName } from './plan.ts';
import { readDeployment } from './state-file.ts';

/* A measured host is not upgraded in place: its successor is a deployment of its own, named after it. */

/** Of `deploymentName`. */
const longestName = 24;

/** `pinata-2` after `pinata`, `pinata-3` after `pinata-2`. */
export function nextName(name: string): string {
  const [, stem = name, number = '1'] = /^(.*?)-(\d+)$/.exec(name) ?? [];
  const end = `-${Number(number) + 1}`;
  return `${stem.slice(0, longestName - end.length).replace(/-+$/, '')}${end}`;
}

export interface Successor {
  readonly name: string;
  /** Begun by an earlier run, which is gone on with; or live already. */
  readonly found: Deployment | undefined;
}

/** The first name after it that is free, or that has this very release. */
export function successorOf(folder: string, name: string, { sha256 }: Deployment['release']): Successor {
  for (let next = nextName(name); ; next = nextName(next)) {
    const found = readDeployment(join(folder, next));
    if (found === undefined) return { name: next, found };
    const over = found.state === 'destroyed' || found.state.startsWith('destroying:');
    if (found.release.sha256 === sha256 && !over) return { name: next, found };
  }
}

export interface Beside {
  /** Of the old deployment. */
  readonly folder: string;
  readonly release: string;
  /** As they were said; undefined: nothing was. */
  readonly refundHeight: string | undefined;
  readonly hostName: string | undefined;
}

/**
 * What was chosen for the old one, as words for `deploy`. Not its names of DNS, which are the old one's until it ends; not its
 * refund height, which is the sooner the later one deploys; and not a refund key that lies in its folder: the new one makes its own.
 */
export function besideWords({ region, chosen }: Deployment, name: string, beside: Beside): readonly string[] {
  const ownKey = existsSync(join(beside.folder, refundKeyName));
  const said: readonly (readonly [string, string | null | undefined])[] = [
    ['--name', name],
    ['--host', 'ec2'],
    ['--region', region],
    ['--network', chosen.network],
    ['--type', chosen.serverType],
    ['--release', beside.release],
    ['--email', chosen.email],
    ['--refund-key', ownKey ? null : chosen.refundKey],
    ['--refund-height', beside.refundHeight],
    ['--host-name', beside.hostName],
    ...chosen.sources.map((url) => ['--chain', url] as const),
  ];
  const words = said.flatMap(([flag, value]) => (value === null || value === undefined ? [] : [flag, value]));
  return [...words, ...(chosen.statusPage ? [] : ['--no-status'])];
}

/** What becomes of the old one, before anything is done. */
export const oldOneText = (
  { name, wallet, release }: Deployment,
  next: string,
  { version }: Deployment['release'],
): string =>
  [
    `A measured host has its key for exactly its image, so that no later image can take it: release ${version} gets a host of its own, ${next}, with another key and another address.`,
    `${name} (release ${release.version}) is not touched. It runs on until its coins are claimed${wallet?.refundHeight == null ? '' : ` or, from block ${wallet.refundHeight} on, taken back by you`}; \`btc-pinata retire --name ${name}\` announces its end, and \`btc-pinata destroy --name ${name}\` is it.`,
  ].join('\n');
