import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { refundKeyOf } from '../../infra/deploy/refund-key.ts';
import type { Verified, World } from '../../infra/deploy/world.ts';

/*
 * A cloud that is a file: what was made in it is still there after whoever made it was killed. It makes nothing twice under one
 * name, which is what the real one is asked to do, and it notes each thing that it makes.
 */

export interface Made {
  readonly kind: 'bootstrap' | 'snapshot' | 'image' | 'host' | 'status' | 'release';
  readonly name: string;
  readonly id: string;
}

export class FakeCloud {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'cloud.json');
  }

  /** All that is there, in the order in which it was made. */
  get things(): readonly Made[] {
    return existsSync(this.#path) ? JSON.parse(readFileSync(this.#path, 'utf8')) : [];
  }

  make(kind: Made['kind'], name: string): string {
    const found = this.things.find((thing) => thing.kind === kind && thing.name === name);
    if (found !== undefined) return found.id;
    const id = `${(this.things.length + 1).toString(16).padStart(17, '0')}`;
    writeFileSync(this.#path, JSON.stringify([...this.things, { kind, name, id }]));
    return id;
  }
}

export const walletAddress = 'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6';

/** What a host shows that was told what was asked for. */
export const vaultOf = ({ chosen }: Pick<Deployment, 'chosen'>, address = walletAddress): Verified => ({
  network: chosen.network,
  address,
  kind: 'vault',
  refundHeight: chosen.lockHeight,
  refundKey: chosen.refundKey,
  level: 'L2',
  words: 'self-reported, NOT ATTESTED',
});

/** `wallet` is what the host of this cloud shows. */
export const worldOf = (cloud: FakeCloud, folder: string, wallet = walletAddress): World => ({
  account: async () => '123456789012',
  refundKey: async (deployment) => refundKeyOf(deployment, folder),
  bootstrap: async ({ region }) => void cloud.make('bootstrap', region),
  snapshot: async ({ release }) => `snap-${cloud.make('snapshot', release.image?.sha256 ?? '')}`,
  image: async (_, snapshotId) => `ami-${cloud.make('image', snapshotId)}`,
  zone: async ({ region }) => `${region}b`,
  deployStatus: async ({ name }) => {
    cloud.make('status', name);
    return {
      bucket: `bucket-${name}`,
      distribution: 'E1',
      url: 'https://d1.cloudfront.net/',
      poller: `poller-${name}`,
    };
  },
  putRelease: async ({ release }) => void cloud.make('release', release.sha256),
  deployHost: async ({ name, host }) => ({
    address: '192.0.2.7',
    serverId: `i-${cloud.make('host', `${name} ${host.imageId}`)}`,
  }),
  answers: async () => undefined,
  verify: async (deployment) => vaultOf(deployment, wallet),
  pageShows: async () => undefined,
});
