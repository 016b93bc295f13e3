import type { StackConfig } from '../stacks/config.ts';
import type { Deployment } from './deployment.ts';

type Written = Omit<StackConfig, 'pollMinutes' | 'budget'>;

/**
 * What the CDK app reads: plain values of the document, none of them secret. `isProtected`: nothing but `destroy` may delete it.
 * No concurrency is reserved, since a new account has none to reserve; two polls at a time lose nothing.
 */
export const cdkConfig = (
  { name, account, region, chosen, release, host, wallet, status }: Deployment,
  isProtected: boolean,
): Written => ({
  name,
  account,
  region,
  zone: host.zone,
  network: chosen.network,
  hostName: chosen.hostName,
  refundKey: chosen.refundKey,
  lockHeight: chosen.lockHeight,
  instanceType: chosen.serverType,
  imageId: host.imageId,
  pageDomain: chosen.pageDomain,
  hostedZone: chosen.hostedZone,
  email: chosen.email,
  sources: chosen.sources,
  host: host.address === null ? null : { address: host.address, ports: host.ports },
  wallet: wallet?.address ?? null,
  release: { version: release.version, sha256: release.build, document: `/release/${release.sha256}/release.json` },
  pageUrl: status?.url ?? null,
  reservedConcurrency: null,
  protected: isProtected,
});
