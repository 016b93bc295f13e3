import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refundKeyOf } from '../../infra/deploy/refund-key.ts';
import { type RetireSurroundings, retireCommand } from '../../infra/deploy/retire-command.ts';
import { readDeployment, writeDeployment } from '../../infra/deploy/state-file.ts';
import { readRetirement } from '../../service/attest/retirement-notice.ts';
import { drafted, refundKey, scene } from './scene.ts';

const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

function deployed(publicKey?: string, kind: 'vault' | 'classic' = 'vault') {
  const made = scene();
  const folder = join(made.folder, 'pinata');
  const start = drafted();
  const key = refundKeyOf(start, folder);
  writeDeployment(folder, {
    ...start,
    chosen: { ...start.chosen, refundKey: publicKey ?? key },
    wallet: { network: 'regtest', address, kind, refundHeight: kind === 'vault' ? 1000 : null },
    status: { bucket: 'a-bucket', distribution: 'E1', url: 'https://d1.cloudfront.net/', poller: 'p' },
    state: 'live',
  });
  const published: [string, string][] = [];
  const around: RetireSurroundings = {
    terminal: made.around.terminal,
    now: () => 1_800_000_000,
    account: async () => '123456789012',
    publish: async (bucket, text) => void published.push([bucket, text]),
  };
  const run = (...words: readonly string[]) => retireCommand(['--folder', made.folder, '--yes', ...words], around);
  return { made, folder, key, published, run, around };
}

test('a notice is signed by the refund key, and believed by the poller', async () => {
  const { made, folder, key, published, run } = deployed();
  expect(await run('--on', '2027-03-01', '--url', 'https://example.org/end'), made.err()).toBe(0);
  const [[bucket, text] = ['', '']] = published;
  expect(bucket).toBe('a-bucket');
  expect(readRetirement(text, { address, refundKey: key })).toEqual({
    name: 'pinata',
    address,
    announcedAt: 1_800_000_000,
    effectiveAt: Date.parse('2027-03-01T00:00:00Z') / 1000,
    reason: 'https://example.org/end',
  });
  expect(readDeployment(folder)?.state).toBe('retired');
  expect(made.out()).toContain('  effective-at: 2027-03-01T00:00:00Z');
  const secret = readFileSync(join(folder, 'refund-key.wif'), 'utf8').trim();
  expect(made.out() + made.err() + text).not.toContain(secret);
});

test('a key that is not of this deployment signs nothing', async () => {
  const { made, published, run } = deployed(refundKey);
  expect(await run('--on', '2027-03-01')).toBe(1);
  expect(made.err()).toContain('nobody would believe the notice.');
  expect(published).toEqual([]);
});

test('a classic wallet has no refund key that a notice could be signed with', async () => {
  const { made, published, run } = deployed(undefined, 'classic');
  expect(await run('--on', '2027-03-01')).toBe(1);
  expect(made.err()).toContain('has a classic wallet, in which no refund key is written');
  expect(published).toEqual([]);
});

test('nor is anything announced with credentials of another account', async () => {
  const { made, published, around } = deployed();
  const elsewhere = { ...around, account: async () => '210987654321' };
  expect(await retireCommand(['--folder', made.folder, '--yes', '--on', '2027-03-01'], elsewhere)).toBe(1);
  expect(made.err()).toContain('nothing was touched.');
  expect(published).toEqual([]);
});

test.each([
  [[], '--on is missing; a day is wanted, as 2027-03-01.'],
  [['--on', 'tomorrow'], '--on is "tomorrow"; a day is wanted'],
  [['--on', '2020-01-01'], '--on is 2020-01-01, which is over'],
  [['--on', '2027-03-01', '--url', 'ftp://x'], '--url is "ftp://x"; an https: URL is wanted.'],
])('wrong usage ends with status 2: %j', async (words, sentence) => {
  const { made, run } = deployed();
  expect(await run(...words)).toBe(2);
  expect(made.err()).toContain(`btc-pinata retire: ${sentence}`);
});
