import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import type { Clients } from './clients.ts';
import { asked } from './doctor-aws.ts';
import { type Finding, ok, problem } from './finding.ts';

/** A page's own domain, and the id of the zone that is said to be its. */
export interface PageZone {
  readonly pageDomain: string;
  readonly hostedZone: string;
}

/** Undefined where the page has no domain of its own, or there is none. */
export function pageZoneOf(chosen: {
  readonly statusPage: boolean;
  readonly pageDomain: string | null;
  readonly hostedZone: string | null;
}): PageZone | undefined {
  const { statusPage, pageDomain, hostedZone } = chosen;
  return statusPage && pageDomain !== null && hostedZone !== null ? { pageDomain, hostedZone } : undefined;
}

/*
 * Without this CloudFormation finds it out, by records that are refused or a certificate that is never proven: a measured host
 * runs by then. Whether the zone above or the registrar leads to this zone, Route 53 does not know.
 */

/** Whether the zone is in the account, public, and the domain's. */
export const zoneFinding = (
  { pageDomain, hostedZone }: PageZone,
  account: string,
  { route53 }: Clients,
  signal: AbortSignal,
): Promise<Finding> =>
  asked('zone', async () => {
    const found = await route53
      .send(new GetHostedZoneCommand({ Id: hostedZone }), { abortSignal: signal })
      .catch((error: unknown) => unseen(error, hostedZone, account));
    if ('outcome' in found) return found;
    const name = (found.HostedZone?.Name ?? '').toLowerCase().replace(/\.$/, '');
    if (name === '') return problem('zone', `Route 53 does not say of what ${hostedZone} is the zone`);
    if (pageDomain !== name && !pageDomain.endsWith(`.${name}`)) {
      return problem(
        'zone',
        `${hostedZone} is the zone of ${name}, which ${pageDomain} is not in: take the zone of that domain with --hosted-zone, or a name in ${name} with --page-domain`,
      );
    }
    if (found.HostedZone?.Config?.PrivateZone === true) {
      return problem(
        'zone',
        `${hostedZone} is a private zone of ${name}, which nobody outside its networks sees: take the public one with --hosted-zone`,
      );
    }
    return ok('zone', `${pageDomain} in ${hostedZone}, of ${name}`);
  });

/** Rejects with what is not about this zone. One of another account is refused as what is not allowed is. */
async function unseen(error: unknown, hostedZone: string, account: string): Promise<Finding> {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NoSuchHostedZone') {
    return problem(
      'zone',
      `account ${account} has no ${hostedZone}: --hosted-zone takes the id of a public zone in Route 53 of this account`,
    );
  }
  if (name === 'AccessDenied' || name === 'AccessDeniedException') {
    return problem(
      'zone',
      `AWS does not let these credentials look at ${hostedZone}: it is of another account than ${account}, or route53:GetHostedZone is not allowed (\`btc-pinata doctor --policy\` with the same --page-domain and --hosted-zone prints what has to be)`,
    );
  }
  throw error;
}
