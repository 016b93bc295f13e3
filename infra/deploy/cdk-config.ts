import type { Deployment } from './deployment.ts';

/** What the CDK app reads: plain values of the document, none of them secret. */
export const cdkConfig = ({ name, account, region, chosen, release, host, wallet, status }: Deployment) => ({
  name,
  account,
  region,
  network: chosen.network,
  hostName: chosen.hostName,
  refundKey: chosen.refundKey,
  lockHeight: chosen.lockHeight,
  instanceType: chosen.serverType,
  imageId: host.imageId,
  pageDomain: chosen.pageDomain,
  email: chosen.email,
  sources: chosen.sources,
  host: host.address === null ? null : { address: host.address, ports: host.ports },
  wallet: wallet?.address ?? null,
  release: { version: release.version, sha256: release.build },
  pageUrl: status?.url ?? null,
});
