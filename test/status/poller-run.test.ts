import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeProof, isProof, verifyProof } from '../../service/attest/index.ts';
import { explorerOf } from '../chain/on-litecoind.ts';
import { startLitecoind } from '../nodes/litecoind.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';
import { Polled, settingsWith, textOf } from './polled.ts';

/* Whole runs against a piñata that runs, and a node. */

const litecoind = required.tool('litecoind');
let live: LivePinata;
beforeAll(async () => {
  live = await LivePinata.start([], false);
});
afterAll(async () => {
  await live.stop();
});

describe('a run', () => {
  test('sees every door of a piñata, proves its key, and shows it', async () => {
    const polled = new Polled(settingsWith({ ports: live.ready.ports }));
    expect(await polled.run()).toMatchObject({ outcome: 'published', verdict: 'unknown' });
    const status = await polled.status();
    const { host, proof, authorities, watched, counters } = status;
    for (const door of ['http', 'https', 'server', 'dialback', 'reverse'] as const) {
      expect([door, host[door].state, host[door].sentence]).toEqual([door, 'up', expect.any(String)]);
    }
    expect(watched.address).toBe(live.ready.address);
    expect(status.chain).toMatchObject({ state: 'unknown', reason: expect.stringContaining('no explorer') });
    if (proof.state !== 'known' || authorities.current.state !== 'known') throw new Error(JSON.stringify(status));
    const archived = decodeProof(await textOf(polled.store, `public${proof.value.url}`));
    if ('fault' in archived || !isProof(archived)) throw new Error('no proof was archived');
    const { caSha256, siteCaSha256 } = authorities.current.value;
    const checks = verifyProof(archived, { caSha256, siteCaSha256 });
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(counters.state).toBe('known');
    expect(status.build.verdict).toBe('unknown');
    expect(await textOf(polled.store, 'public/index.html')).toContain('<!doctype html>');
    const { polls } = JSON.parse(await textOf(polled.store, (await polled.store.list('public/history/'))[0] ?? ''));
    expect(polls).toHaveLength(1);
  });

  test('of another build, and of another wallet, says so', async () => {
    const sha256 = '11'.repeat(32);
    const other = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    const build = new Polled(settingsWith({ ports: live.ready.ports, release: { version: '9.9.9', sha256 } }));
    await build.run();
    await build.run(60);
    const seen = await build.status();
    expect(seen.build.verdict).toBe('mismatch');
    expect(seen.incidents.map(({ parts }) => parts)).toContainEqual(['build']);
    const wallet = new Polled(settingsWith({ ports: live.ready.ports, address: other }));
    await wallet.run();
    expect((await wallet.status()).proof).toMatchObject({ state: 'unknown', reason: expect.stringContaining(other) });
  });

  test('a host that was started after the poller is up at the next look, and its first day is no incident', async () => {
    const absent = new Polled(settingsWith({}));
    await absent.run();
    const { host: without } = await absent.status();
    expect([without.dialback.state, without.reverse.state]).toEqual(['down', 'down']);
    expect(without.dialback.sentence).toMatch(/connection refused\.$/); // and no advice for whoever runs one
    const polled = new Polled(settingsWith({ ports: live.ready.ports }), absent.store);
    await polled.run(60);
    await polled.run(120);
    const { host, incidents, archive } = await polled.status();
    expect([host.dialback.state, host.reverse.state]).toEqual(['up', 'up']);
    expect(archive).toMatchObject({ state: 'known', value: { segments: 0, head: null } });
    expect(incidents.filter(({ resolvedAt }) => resolvedAt === null)).toEqual([]);
  });

  test('of a host that goes away no door is up at the next look, those that are asked once an hour neither', async () => {
    const polled = new Polled(settingsWith({ ports: live.ready.ports }));
    await polled.run();
    expect((await polled.status()).host.dialback.state).toBe('up');
    const gone = new Polled(settingsWith({}), polled.store);
    await gone.run(60);
    const { host } = await gone.status();
    expect(Object.values(host).map(({ state }) => state)).toEqual(['down', 'down', 'down', 'down', 'down']);
  });

  test('asks the ports where the host is the client once an hour, as long as they are up', async () => {
    const polled = new Polled(settingsWith({ ports: live.ready.ports }));
    const checked = async () => (await polled.status()).host.dialback.checkedAt;
    await polled.run();
    const first = await checked();
    await polled.run(600);
    expect(await checked()).toBe(first);
    await polled.run(3700);
    expect(await checked()).not.toBe(first);
  });

  test('of a host that is not there: every door down or unknown, nothing known that was not seen, and then an incident', async () => {
    const polled = new Polled(settingsWith({}));
    await polled.run();
    await polled.run(60);
    const { host, proof, counters, incidents } = await polled.status();
    expect([host.http.state, host.server.state, proof.state, counters.state]).toEqual([
      'down',
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(incidents.map(({ parts, status }) => [parts[0], status])).toContainEqual(['http', 'investigating']);
    expect(proof).toMatchObject({
      reason: expect.stringMatching(/does not answer: connection refused$/),
    });
  });
});

describe.skipIf(litecoind.missing)('with a node', () => {
  test('the verdict of two explorers, from one run to the next', async () => {
    await using node = await startLitecoind();
    const sources = [await explorerOf(node), await explorerOf(node)];
    const polled = new Polled(settingsWith({ ports: live.ready.ports, sources }));
    await polled.run();
    expect(await polled.run(60)).toMatchObject({ verdict: 'unfunded' });
    await node.send(live.ready.address, 1_000_000);
    await node.mine();
    expect(await polled.run(200)).toMatchObject({ verdict: 'live', unknown: {} });
    const status = await polled.status();
    expect(status.chain).toMatchObject({
      state: 'known',
      value: { support: 'quorum', balance: { confirmed: 1_000_000 } },
    });
    await polled.run(600);
    const history = JSON.parse(await textOf(polled.store, 'public/history.json'));
    expect(history.balances.map(({ satoshis }: { satoshis: number }) => satoshis)).toEqual([0, 1_000_000]);
  });
});
