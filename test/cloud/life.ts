import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeImagesCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Requirement } from '../support/required.ts';
import { photographed } from './browser.ts';
import { heldAgainstPolicy } from './permissions.ts';
import { Story } from './story.ts';
import { TracesOfKey } from './traces-of-a-key.ts';

/** What makes something that costs money. */
const makes = /^(RegisterImage|RunInstances|AllocateAddress|CreateSecurityGroup|StartSnapshot|CreateChangeSet)$/;

/** Deployed, funded, bridged, broken into, claimed, destroyed. */
export async function lives(where: 'machine' | 'program', chromium: Requirement): Promise<void> {
  const pages = new Map<string, string>();
  await using story: Story = await Story.start(where, {
    say: () => undefined,
    look: async (name, url) => {
      const pictures = join(story.folder, 'pictures');
      mkdirSync(pictures, { recursive: true });
      pages.set(name, await photographed(url, story.edge, pictures, name, chromium.path));
    },
  });
  expect(await story.deploy(), story.printed).toBe(0);
  expect(story.deployment).toMatchObject({ state: 'live', wallet: { kind: 'vault', refundHeight: 5000 } });
  const { address } = story.deployment.wallet ?? {};
  expect(story.printed).toContain(`Fund it by sending coins of regtest to\n\n  ${address}`);
  expect(story.printed).toContain(`status page   ${story.deployment.status?.url}`);
  await isDeployedOnce(story);
  // Of a VPS it asks the engine that is pinned, and that is fetched from elsewhere.
  if (where === 'program') expect(await story.deploy('--dry-run'), story.printed).toBe(0);

  await story.fund();
  await story.shows('live');
  expect(pages.get('live')).toContain('It still hangs.');
  await isServedByCloudFront(story);
  expect(await story.bridge()).toMatchObject({ status: 0 });
  expect(await story.destroy()).toBe(1);
  expect(story.printed).toContain('and nothing was removed: from block 5000 on `btc-pinata refund` moves them');

  expect(await story.breakInAndClaim()).toMatchObject({ status: 0 });
  expect(story.host.leaks()).toEqual([]);
  await story.shows('claimed');
  expect(pages.get('claimed')).toContain('It was broken.');

  expect(await story.destroy(), story.printed).toBe(0);
  heldAgainstPolicy(story.ownCalls, story.deployment);
  await nothingIsLeft(story);
  hasNoKey(story, [...pages.values()]);
}

/** A second run finds what there is. */
async function isDeployedOnce(story: Story): Promise<void> {
  const before = story.deployment.host;
  const calls = story.cloud.gateway.calls.length;
  expect(await story.deploy(), story.printed).toBe(0);
  const again = story.cloud.gateway.calls.slice(calls).map(({ action }) => action);
  expect(again.filter((action) => makes.test(action) && action !== 'CreateChangeSet')).toEqual([]);
  expect(story.deployment.host).toEqual(before);
}

/** By the rules of its distribution: what is public, with the page's headers, and nothing else of the bucket. */
async function isServedByCloudFront(story: Story): Promise<void> {
  const paths = ['/', '/index.html', '/state/'] as const;
  const [root, page, state] = await Promise.all(paths.map((path) => story.page(path)));
  expect([root?.status, page?.status]).toEqual([200, 200]);
  expect(root?.headers).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'strict-transport-security': expect.stringMatching(/^max-age=\d+$/),
    'x-content-type-options': 'nosniff',
  });
  expect(state?.status).toBe(403);
}

async function nothingIsLeft(story: Story): Promise<void> {
  const { ec2, s3 } = story.clients('us-east-1');
  const ours = { Filters: [{ Name: 'tag:btc-pinata:deployment', Values: ['story'] }] };
  expect((await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...ours }))).Snapshots).toEqual([]);
  expect((await ec2.send(new DescribeImagesCommand({ Owners: ['self'], ...ours }))).Images).toEqual([]);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets.filter(({ Name }) => Name?.includes('story'))).toEqual([]);
  expect(story.deployment.state).toBe('destroyed');
  const place = join(story.folder, 'story');
  expect(existsSync(join(place, 'page/index.html'))).toBe(true);
}

/** Neither key is where it does not belong: in what was printed, written, sent to the cloud or said by it. */
function hasNoKey(story: Story, pages: readonly string[]): void {
  const refundKey = readFileSync(join(story.folder, 'story', 'refund-key.wif'), 'utf8').trim();
  const requests = story.cloud.gateway.calls.map(({ path, body }) => Buffer.concat([Buffer.from(path), body]));
  const texts = [story.printed, story.cloud.output(), ...pages].map((text) => Buffer.from(text));
  expect(requests.length).toBeGreaterThan(100);
  for (const [wif, places] of [
    [story.releasedKey, ['payload']],
    [refundKey, ['story/refund-key.wif']],
  ] as const) {
    const traces = new TracesOfKey(wif);
    // That it is found where it is, is how one knows that it would be found elsewhere.
    expect(traces.below(story.folder)).toEqual(places);
    expect([...requests, ...texts, ...story.host.outputs()].flatMap((bytes) => traces.in(bytes))).toEqual([]);
  }
}
