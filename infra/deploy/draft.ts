import { readRefundKey } from '../../service/bitcoin/index.ts';
import { Refusal } from '../claim/refusal.ts';
import { type Deployment, deployedPorts, deploymentFormat } from './deployment.ts';
import type { Wish } from './options.ts';
import { serverTypeOf } from './questions.ts';

/* The document before the first step, or the one that is there already with what may be changed of it. Pure. */

export interface Drafted {
  readonly wish: Wish;
  readonly release: Deployment['release'];
  readonly account: string | null;
  readonly existing: Deployment | undefined;
}

/** Throws a Refusal for what cannot be changed of a deployment that exists, and for a domain without its zone. */
export function draft(drafted: Drafted): Deployment {
  const { existing, wish, release, account } = drafted;
  const deployment = existing === undefined ? begun(drafted) : changed(existing, wish, release, account);
  const { pageDomain, hostedZone } = deployment.chosen;
  if (pageDomain === null || hostedZone !== null) return deployment;
  throw new Refusal(
    `--page-domain ${pageDomain} needs --hosted-zone, the id of its zone in Route 53 of the same account, as Z0123456789ABCDEFGHIJ: its certificate and its records are made there`,
  );
}

function begun({ wish, release, account }: Drafted): Deployment {
  const { name, host = 'ec2', region, network, refundHeight } = wish;
  if (name === undefined || region === undefined || network === undefined || refundHeight === undefined) {
    throw new Error('a wish that nobody completed');
  }
  return {
    format: deploymentFormat,
    name,
    provider: host,
    region,
    account,
    chosen: {
      network,
      hostName: wish.hostName ?? null,
      refundKey: publicKeyOf(wish.refundKey),
      lockHeight: refundHeight,
      serverType: wish.type ?? serverTypeOf[host],
      statusPage: wish.statusPage ?? true,
      pageDomain: wish.pageDomain ?? null,
      hostedZone: wish.hostedZone ?? null,
      email: wish.email ?? null,
      sources: wish.sources ?? [],
    },
    release,
    host: {
      address: null,
      ports: deployedPorts,
      zone: wish.zone ?? null,
      serverId: null,
      imageId: null,
      snapshotId: null,
    },
    wallet: null,
    status: null,
    stacks: [],
    state: 'planned',
    journal: [],
  };
}

function changed(existing: Deployment, wish: Wish, release: Deployment['release'], account: string | null): Deployment {
  const { name, chosen, state, provider } = existing;
  if (state === 'destroyed' || state.startsWith('destroying:')) {
    throw new Refusal(
      `${name} is ${state.replace(':', ', at ')}: take another --name, or end \`btc-pinata destroy\` first`,
    );
  }
  if (existing.account !== account) {
    throw new Refusal(
      `${name} is in the AWS account ${existing.account ?? 'of nobody'}, and these credentials are of ${account ?? 'none'}: nothing was touched`,
    );
  }
  const asked: readonly (readonly [string, unknown, unknown])[] = [
    ['--name', wish.name, name],
    ['--host', wish.host, provider],
    ['--region', wish.region, existing.region],
    ['--network', wish.network, chosen.network],
    ['--host-name', wish.hostName, chosen.hostName],
    ['--refund-key', publicKeyOf(wish.refundKey) ?? undefined, chosen.refundKey ?? publicKeyOf(wish.refundKey)],
    ['--refund-height', wish.refundHeight, chosen.lockHeight],
    ['--type', wish.type, chosen.serverType],
    ['the status page', wish.statusPage, chosen.statusPage],
    // Before there is a host, a zone that has no machine left is given up for another.
    ['--zone', existing.host.address === null ? undefined : wish.zone, existing.host.zone],
  ];
  for (const [flag, wanted, has] of asked) {
    if (wanted !== undefined && wanted !== has) throw fixed(existing, flag, String(has), String(wanted));
  }
  if (release.sha256 !== existing.release.sha256 && (existing.wallet !== null || existing.host.address !== null)) {
    throw new Refusal(
      `${name} runs release ${existing.release.version} (${existing.release.build.slice(0, 12)}...), and here is ${release.version} (${release.build.slice(0, 12)}...): \`btc-pinata upgrade\` is for that`,
    );
  }
  return {
    ...existing,
    release,
    host: {
      ...existing.host,
      zone: existing.host.address === null ? (wish.zone ?? existing.host.zone) : existing.host.zone,
    },
    chosen: {
      ...chosen,
      refundKey: chosen.refundKey ?? publicKeyOf(wish.refundKey),
      pageDomain: wish.pageDomain ?? chosen.pageDomain,
      hostedZone: wish.hostedZone ?? chosen.hostedZone,
      email: wish.email ?? chosen.email,
      sources: wish.sources ?? chosen.sources,
    },
  };
}

const fixed = ({ name }: Deployment, flag: string, has: string, wanted: string): Refusal =>
  new Refusal(`${flag} of ${name} is ${has} and stays so; for ${wanted} make another deployment with another --name`);

function publicKeyOf(given: string | undefined): string | null {
  if (given === undefined) return null;
  const read = readRefundKey(given);
  if (typeof read === 'string') throw new Refusal(`--refund-key is no public key: ${read}`);
  return read.publicKey;
}
