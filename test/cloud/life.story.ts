import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeImagesCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { required } from '../support/required.ts';
import { photographed } from './browser.ts';
import { Story } from './story.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

const cloud = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const [chromium, litecoind] = [required.tool('chromium'), required.tool('litecoind')];

describe.skipIf(cloud.missing || chromium.missing || litecoind.missing)('the life of a deployment', () => {
  test('deployed, funded, bridged, broken into, claimed, destroyed', async () => {
    const pages = new Map<string, string>();
    await using story = await Story.start({
      say: () => undefined,
      look: async (name, url) => void pages.set(name, await photographed(url, story.folder, name, chromium.path)),
    });
    expect(await story.deploy(), story.printed).toBe(0);
    expect(story.deployment).toMatchObject({ state: 'live', wallet: { kind: 'vault', refundHeight: 5000 } });
    const { address } = story.deployment.wallet ?? {};
    expect(story.printed).toContain(`Fund it by sending coins of regtest to\n\n  ${address}`);
    const before = story.deployment.host;
    const calls = story.cloud.gateway.calls.length;
    expect(await story.deploy(), story.printed).toBe(0);
    const again = story.cloud.gateway.calls.slice(calls).map(({ action }) => action);
    expect(
      again.filter((action) => /^(RegisterImage|RunInstances|AllocateAddress|CreateSecurityGroup)$/.test(action)),
    ).toEqual([]);
    expect(story.deployment.host).toEqual(before);

    await story.fund();
    await story.shows('live');
    expect(await story.bridge()).toMatchObject({ status: 0 });
    expect(await story.destroy()).toBe(1);
    expect(story.printed).toContain('and nothing was removed: from block 5000 on `btc-pinata refund` moves them');

    expect(await story.breakInAndClaim()).toMatchObject({ status: 0 });
    await story.shows('claimed');
    expect(pages.get('live')).toContain('It still hangs.');
    expect(pages.get('claimed')).toContain('It was broken.');

    expect(await story.destroy(), story.printed).toBe(0);
    const { ec2, s3 } = story.clients('us-east-1');
    const ours = { Filters: [{ Name: 'tag:btc-pinata:deployment', Values: ['story'] }] };
    expect((await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...ours }))).Snapshots).toEqual([]);
    expect((await ec2.send(new DescribeImagesCommand({ Owners: ['self'], ...ours }))).Images).toEqual([]);
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.filter(({ Name }) => Name?.includes('story'))).toEqual([]);
    expect(story.deployment).toMatchObject({ state: 'destroyed', status: null, stacks: [] });
    expect(existsSync(join(story.folder, 'story', 'page', 'index.html'))).toBe(true);

    // The key of the wallet and that of the refund are in their own files alone: not in templates, state, logs, or what was printed.
    const refundKey = readFileSync(join(story.folder, 'story', 'refund-key.wif'), 'utf8').trim();
    for (const key of [story.releasedKey, refundKey]) {
      expect(key).toMatch(/^c[1-9A-HJ-NP-Za-km-z]{51}$/);
      expect(story.printed + story.cloud.output()).not.toContain(key);
      expect(filesWith(join(story.folder, 'story'), key)).toEqual(key === refundKey ? ['refund-key.wif'] : []);
    }
  });
});

const filesWith = (folder: string, text: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map(({ name }) => name);
