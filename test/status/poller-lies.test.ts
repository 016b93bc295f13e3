import { describe, expect, test } from 'vitest';
import type { Proof } from '../../service/attest/index.ts';
import { networks, publicWallet } from '../../service/bitcoin/index.ts';
import { clockTolerance } from '../../service/tools/challenge-record.ts';
import { patience } from '../../status-page/poller/look.ts';
import { fieldsOf, otherKey, terms } from '../attest/sample-statement.ts';
import { type Scene, startScene } from './polled-stand-ins.ts';
import { type StandInHost, startStandIn } from './stand-in-host.ts';

/* A host that lies, as far as a run could believe it; and clocks that disagree. */

const other = publicWallet(otherKey, networks.mainnet, terms.classic);
let replayed: Proof | undefined;

const lies: readonly (readonly [string, (host: StandInHost) => void, RegExp])[] = [
  [
    'signs by another key, and says so',
    (host) => (host.signs = (fields) => ({ ...fields, address: other.address })),
    /./,
  ],
  [
    'signs another wallet whole',
    (host) => {
      host.signs = (fields) => ({
        ...fields,
        address: other.address,
        wallet: { kind: 'classic', descriptor: other.descriptor },
      });
    },
    /./,
  ],
  [
    'signs for another network',
    (host) => (host.signs = (fields) => ({ ...fieldsOf('classic', 'regtest'), time: fields.time })),
    /./,
  ],
  [
    'signs for another authority of the bounty',
    (host) => (host.signs = (fields) => ({ ...fields, caSha256: '12'.repeat(32) })),
    /port of the bounty shows another authority/,
  ],
  [
    'signs for another authority of the page',
    (host) => (host.signs = (fields) => ({ ...fields, siteCaSha256: '12'.repeat(32) })),
    /page shows another authority/,
  ],
  [
    'signs for another challenge',
    (host) => (host.signs = (fields) => ({ ...fields, challengeRoot: '34'.repeat(32) })),
    /challenge/,
  ],
  [
    'signs an older time',
    (host) => (host.signs = (fields) => ({ ...fields, time: fields.time - 3600 })),
    /\(time\)|started-at/,
  ],
  [
    'answers with the proof of the run before',
    (host) => {
      host.proves = (proof) => {
        const was = replayed ?? proof;
        replayed = proof;
        return was;
      };
    },
    /challenge/,
  ],
  [
    'answers with the proof of the run before, under our challenge',
    (host) => {
      host.proves = (proof) => {
        const was = replayed ?? proof;
        replayed ??= proof;
        return { ...was, challenge: proof.challenge };
      };
    },
    /challenge/,
  ],
  [
    'changes a letter of what was signed',
    (host) =>
      (host.says = (path, text) =>
        path.startsWith('/challenge/') ? text.replace('example.org', 'example.com') : text),
    /signature/,
  ],
  [
    'signs a build that is not the released one, under the name of the released one',
    (host) =>
      (host.says = (path, text) =>
        path.startsWith('/challenge/') ? text.replaceAll('ef'.repeat(32), 'aa'.repeat(32)) : text),
    /signature/,
  ],
];

describe('a host that', () => {
  test.each(lies)('%s: no proof, no level of evidence, no build', async (_, lie, reason) => {
    replayed = undefined;
    const scene = await startScene();
    lie(scene.host);
    // The first is a proof as it ought to be, where those of before are replayed.
    for (let polls = 0; polls < 2; polls += 1) await scene.poll();
    const status = await scene.poll();
    const { proof, evidence, build, host } = status;
    expect(proof).toMatchObject({ state: 'unknown', reason: expect.stringMatching(reason) });
    expect([evidence.state, build.reported.state, build.verdict, host.http.state]).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'up',
    ]);
    expect(status.watched.address).toBe(scene.host.fields.address);
    expect(status.incidents.map(({ parts }) => parts)).toContainEqual(['proof']);
  });

  test('shows another authority than it publishes: the doors are open, and nothing is proven', async () => {
    const scene = await startScene();
    const stranger = await startStandIn(scene.now);
    const pem = await (await fetch(`${stranger.page.origin}/ca.pem`)).text();
    scene.host.says = (path, text) => (path === '/ca.pem' ? pem : text);
    const { proof, authorities, host } = await scene.poll();
    expect([proof.state, authorities.current.state]).toEqual(['unknown', 'unknown']);
    expect(host.server.sentence).toContain('not under the authority');
  });

  test('says what breaks a page: every object of the site is as harmless as before', async () => {
    const scene = await startScene();
    const broken = `"><script>alert(1)</script>\u2028\u202e<img src=x onerror=alert(1)>`;
    const says =
      (change: (status: Record<string, unknown>) => void): StandInHost['says'] =>
      (path, text) => {
        if (path !== '/status.json') return text;
        const status: Record<string, unknown> = JSON.parse(text);
        change(status);
        return JSON.stringify(status);
      };
    const ways: readonly StandInHost['says'][] = [
      says((status) => (status['version'] = broken.slice(0, 64))),
      says((status) => (status['connections'] = { [broken]: broken })),
      says((status) => (status['startedAt'] = broken)),
      (path, text) => (path === '/days.json' ? broken : text),
      (path, text) => (path === '/challenge' ? broken : text),
      (path, text) => (path.startsWith('/challenge/') ? `{"format":${JSON.stringify(broken)}}` : text),
      (path, text) => (path === '/attempts.jsonl' ? `${JSON.stringify({ format: broken })}\n` : text),
      (path, text) => (path === '/days.json' ? text.replace('{"days"', `{"__proto__":{"seen":true},"days"`) : text),
    ];
    for (const way of ways) {
      scene.host.says = way;
      await scene.dayWithAttempt();
      await scene.poll();
      await scene.poll();
      for (const key of await scene.store.list('public/')) {
        if (!/\.(?:html|svg|xml)$/.test(key)) continue;
        const text = new TextDecoder().decode((await scene.store.get(key))?.bytes);
        expect([key, /<script>alert|<img src=x|[\u2028\u202e]/.exec(text)?.[0]]).toEqual([key, undefined]);
      }
    }
    expect(Object.hasOwn(Object.prototype, 'seen')).toBe(false);
  });

  test('says endless categories, days and numbers, is not heard', async () => {
    const scene = await startScene();
    const counts = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`c${at}`, 1]));
    const ways: readonly ((status: { connections: Record<string, unknown> }) => void)[] = [
      (status) => (status.connections['byCategory'] = counts),
      (status) => (status.connections['total'] = 2 ** 60),
      (status) => (status.connections['total'] = -1),
    ];
    for (const way of ways) {
      scene.host.says = (path, text) => {
        if (path !== '/status.json') return text;
        const status = JSON.parse(text);
        way(status);
        return JSON.stringify(status);
      };
      expect((await scene.poll()).counters.state).toBe('unknown');
    }
  });
});

describe('the clock of the poller', () => {
  const away = clockTolerance + 60;
  test.each([
    ['ahead', away],
    ['behind', -away],
  ])('%s of the host by more than is allowed: nothing is proven, and it is said why', async (_, seconds) => {
    const scene = await startScene();
    scene.now += seconds;
    const { proof, host } = await scene.poll();
    expect(proof).toMatchObject({ state: 'unknown', reason: expect.stringContaining('(time)') });
    expect(host.server.state).toBe('up');
  });

  test('goes back: nothing is shown until it has caught up, and nothing is lost', async () => {
    const scene = await startScene();
    const shown = async (): Promise<number> => (await statusOf(scene)).asOf;
    await scene.poll();
    const newest = await shown();
    await scene.poll(-600);
    expect(await shown()).toBe(newest);
    await scene.poll(1200);
    expect(await shown()).toBe(newest + 600);
    const days = await scene.store.list('public/history/');
    const polls = await Promise.all(
      days.map(async (key) => JSON.parse(new TextDecoder().decode((await scene.store.get(key))?.bytes)).polls),
    );
    expect(polls.flat().map(({ at }: { at: number }) => at)).toEqual([newest - 600, newest, newest + 600]);
  });

  test('a day ahead of the chain: the explorers are stale, and no coins are called live', async () => {
    const scene = await startScene();
    scene.now += 86_400;
    expect((await scene.poll()).chain).toMatchObject({ value: { verdict: 'stale', support: 'none' } });
  });
});

async function statusOf({ store }: Scene): Promise<{ readonly asOf: number }> {
  return JSON.parse(new TextDecoder().decode((await store.get('public/status.json'))?.bytes));
}

test('a look at which nothing answers in time ends with all its deadlines, which leave the Lambda some', async () => {
  const scene = await startScene();
  for (const each of [scene.host.page, ...scene.explorers]) each.fault = { does: 'says nothing', meets: () => true };
  const short = { chain: 300, page: 300, door: 300, proof: 300, archive: 300, notice: 300 };
  const { chain, host, proof, counters } = await scene.poll(60, short);
  expect([host.http.state, proof.state, counters.state]).toEqual(['down', 'unknown', 'unknown']);
  if (chain.state === 'known') expect(chain.value.verdict).toBe('stale');
  const { page, door, archive } = patience;
  const longest = Math.max(patience.notice + patience.chain, patience.proof, page + Math.max(door, archive));
  expect(longest).toBeLessThan(30_000);
});
