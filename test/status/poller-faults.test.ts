import { describe, expect, test } from 'vitest';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { type FaultOfAnswer, faults } from './misbehaving.ts';
import { satoshis, startScene } from './polled-stand-ins.ts';

/* Every request of a run, met by every fault: what it was for is unknown since then, and nothing else is. */

/** What a run knows, part by part: `down` is for doors. */
function partsOf({ chain, host, build, authorities, proof, evidence, counters, archive }: StatusDocument) {
  return {
    chain: chain.state,
    http: host.http.state,
    https: host.https.state,
    server: host.server.state,
    dialback: host.dialback.state,
    reverse: host.reverse.state,
    build: build.reported.state,
    authorities: authorities.current.state,
    proof: proof.state,
    evidence: evidence.state,
    counters: counters.state,
    archive: archive.state,
  };
}
type Part = keyof ReturnType<typeof partsOf>;

const everythingKnown = {
  chain: 'known',
  http: 'up',
  https: 'up',
  server: 'up',
  dialback: 'up',
  reverse: 'up',
  build: 'known',
  authorities: 'known',
  proof: 'known',
  evidence: 'known',
  counters: 'known',
  archive: 'known',
} as const satisfies Record<Part, string>;

const page: readonly Part[] = ['counters', 'archive'];
const proof: readonly Part[] = ['proof', 'build', 'evidence'];

/** Requests to the host, what each is for, and the deadline that ends it. */
const requests = [
  ['GET /healthz', ['http'], 'door'],
  ['GET /status.json', page, 'page'],
  ['GET /ca.pem', page, 'page'],
  ['GET /site-ca.pem', page, 'page'],
  ['GET /days.json', page, 'page'],
  ['POST /challenge', proof, 'proof'],
  ['GET /challenge/', proof, 'proof'],
  ['GET /attempts.jsonl', ['archive'], 'archive'],
] as const;

/** Those that only a deadline ends; where an innocent part may miss it on a machine that is busy. */
const endless = (request: string, fault: FaultOfAnswer): boolean =>
  fault === 'says nothing' ||
  fault === 'stops halfway' ||
  (fault === '429 with a page for people' && request === 'POST /challenge');

test('without a fault everything is known, by the word of two', async () => {
  const scene = await startScene();
  const status = await scene.poll();
  expect(partsOf(status)).toEqual(everythingKnown);
  expect(status.chain).toMatchObject({
    value: { verdict: 'live', support: 'quorum', balance: { confirmed: satoshis } },
  });
  expect(status.build.verdict).toBe('match');
  expect(status.evidence).toMatchObject({ value: { level: 'L2' } });
  expect(status.archive).toMatchObject({ value: { attempts: 1, head: { number: 1 } } });
});

describe.each(requests)('%s', (request, parts, deadline) => {
  test.each(faults)('that %s', async (fault) => {
    const scene = await startScene();
    const before = await scene.poll();
    await scene.dayWithAttempt();
    scene.host.page.fault = { does: fault, meets: (asked) => asked.startsWith(request) };
    const patience = endless(request, fault) ? { [deadline]: 1500 } : {};
    const status = await scene.poll(60, patience);
    if (!endless(request, fault)) expect(scene.host.page.met).toBeGreaterThan(0);
    const seen = partsOf(status);
    // A page that answers, and says what it likes: it is there.
    const harmless = request === 'GET /healthz' && fault === 'cut short';
    for (const part of parts) {
      if (!harmless) expect([part, seen[part]]).not.toEqual([part, everythingKnown[part]]);
    }
    if (!endless(request, fault) && !harmless) {
      const others = Object.entries(seen).filter(([part]) => !parts.some((faulty) => faulty === part));
      const expected = Object.entries(everythingKnown).filter(([part]) => !parts.some((faulty) => faulty === part));
      expect(Object.fromEntries(others)).toEqual(Object.fromEntries(expected));
    }
    // What is unknown is so since this run, and shows what was seen last as what it was.
    for (const part of ['proof', 'evidence', 'counters', 'archive'] as const) {
      const [now, then] = [status[part], before[part]];
      if (now.state === 'known' || then.state !== 'known') continue;
      expect(now).toMatchObject({ since: scene.now, reason: expect.stringMatching(/./), last: { at: then.at } });
    }
    if (seen.proof === 'unknown') expect([seen.build, status.build.verdict]).toEqual(['unknown', 'unknown']);
    scene.host.page.fault = undefined;
    expect(partsOf(await scene.poll())).toEqual(everythingKnown);
  });
});
