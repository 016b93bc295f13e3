import { createHash } from 'node:crypto';
import type { Standing } from '../attest/index.ts';
import { bountyProtocol, roleKeyPurposes, roleNames } from '../bounty/endpoints.ts';
import type { PublishedGeneration } from '../bounty/generation.ts';
import type { CategoryView, CertificateView, GenerationView, SiteView, StatisticsView } from '../site/index.ts';
import { failureKeys, failureTable } from '../trace/index.ts';
import type { Ledger } from './ledger.ts';
import type { Sandbox } from './sandbox.ts';

/* What the site shows, put together from where it is kept. */

/** What does not change while the process runs. */
export type FixedView = Pick<
  SiteView,
  | 'program'
  | 'test'
  | 'startedAt'
  | 'threads'
  | 'wallet'
  | 'dialBack'
  | 'manifest'
  | 'sandbox'
  | 'operator'
  | 'archive'
  | 'reading'
  | 'incidents'
  | 'log'
  | 'breachDelayHours'
> & {
  readonly endpoints: Pick<SiteView['endpoints'], 'host' | 'ports' | 'dialBackTarget'>;
};

export function siteView(
  fixed: FixedView & Pick<SiteView, 'proof' | 'chain'>,
  published: readonly [PublishedGeneration, ...PublishedGeneration[]],
  /** Of earlier processes, the newest first. */
  archived: readonly GenerationView[],
  ledger: Ledger,
): SiteView {
  const [current, ...former] = published;
  return {
    ...fixed,
    endpoints: {
      ...fixed.endpoints,
      protocol: bountyProtocol,
      roles: {
        server: { name: roleNames.server, keyPurpose: roleKeyPurposes.server },
        client: { name: roleNames.client, keyPurpose: roleKeyPurposes.client },
      },
    },
    generations: [generationView(current), ...former.map(generationView), ...archived],
    statistics: statisticsView(ledger),
    categories,
  };
}

/** What a statement says of this piñata, by the words of its page. `build`: of attest/build-identity.ts; `sandbox`: of its manifest. */
export function standing(
  { wallet, test, startedAt, endpoints: { host, ports } }: FixedView,
  { build, sandbox }: { readonly build: string; readonly sandbox?: Pick<Sandbox, 'sha256'> | undefined },
  { bounty, website }: PublishedGeneration,
): Standing {
  const { network, address, kind, descriptor, keyOrigin, recovery } = wallet;
  return {
    network,
    address,
    wallet: { kind, descriptor },
    keyOrigin,
    recovery,
    test,
    service: { host, ports },
    caSha256: certificateView(bounty.authority).sha256,
    siteCaSha256: certificateView(website.authority).sha256,
    buildSha256: build,
    sandbox: sandbox?.sha256 ?? 'none',
    startedAt,
  };
}

const categories: readonly CategoryView[] = failureKeys.map((key) => {
  const { title, nature, article } = failureTable[key];
  return { key, title, nature, article };
});

function statisticsView(ledger: Ledger): StatisticsView {
  const { connections, open, byPort, byCategory, visitors, successes } = ledger.snapshot();
  const counts = new Map(byCategory.map(({ key, count }) => [key, count]));
  return {
    connections,
    open,
    visitors,
    successes,
    byPort: {
      http: byPort.http.connections,
      https: byPort.https.connections,
      server: byPort.server.connections,
      dialback: byPort.dialback.connections,
      reverse: byPort.reverse.connections,
    },
    byCategory: failureKeys.map((key) => ({
      key,
      description: failureTable[key].title,
      count: counts.get(key) ?? 0,
    })),
    bridges: ledger.bridges,
    pairs: ledger.pairs,
  };
}

type Issued = PublishedGeneration['bounty']['authority'];

export function generationView({ number, bounty, website }: PublishedGeneration): GenerationView {
  const { authority, server, client, test } = bounty;
  return {
    number,
    bounty: {
      authority: certificateView(authority),
      leaves: [
        { role: 'server', ...certificateView(server) },
        { role: 'client', ...certificateView(client) },
        ...(test === undefined ? [] : [{ role: 'test' as const, ...certificateView(test) }]),
      ],
    },
    website: {
      authority: certificateView(website.authority),
      leaves: [{ role: 'website', ...certificateView(website.leaf) }],
    },
  };
}

const certificateView = ({ pem, der, certificate }: Issued): CertificateView => ({
  pem,
  sha256: sha256Hex(der),
  notBefore: certificate.notBefore,
  notAfter: certificate.notAfter,
});

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
