import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { replay } from '../../service/tools/replay.ts';
import { type ReplayGeneration, readGeneration } from '../../service/tools/replay-session.ts';
import { SiteSource } from '../../service/tools/trace-site.ts';
import { everything } from '../../service/tools/trace-source.ts';
import { type FailureKey, failureKeys, failureTable } from '../../service/trace/index.ts';
import { type Reached, Stage, type Way } from './stage.ts';
import { waysOfCertificates } from './ways-of-certificates.ts';
import { visits, waysOfConnections } from './ways-of-connections.ts';
import { waysOfHandshakes } from './ways-of-handshakes.ts';

/*
 * Every key of the failure table is reached over a live socket, and its alert and its counter are looked at; or it is
 * written down why nobody reaches it. A key that is in neither list does not compile. Other tests of this folder reach
 * most of them in more ways than one.
 */

const ways: Readonly<Record<FailureKey, Way>> = { ...waysOfHandshakes, ...waysOfCertificates, ...waysOfConnections };

const reached = failureKeys.flatMap((key): readonly (readonly [FailureKey, Reached])[] => {
  const way = ways[key];
  return 'unreachable' in way ? [] : [[key, way]];
});
const unreachable = failureKeys.flatMap((key): readonly (readonly [FailureKey, string])[] => {
  const way = ways[key];
  return 'unreachable' in way ? [[key, way.unreachable]] : [];
});

const stage = Stage.forThisFile();

describe('over a live socket', () => {
  it.each(reached)('%s', async (key, { flags = [], act, alert, counted = { [key]: 1 } }) => {
    await stage.enter(typeof flags === 'function' ? await flags() : flags);
    const before = await stage.counts();
    const alerts = await act(stage);
    if (alerts !== undefined) expect(alerts).toEqual(alert === undefined ? [] : [alert]);
    if (key !== 'shutdown') await stage.counted(before, counted);
    if (key === 'website.page') {
      // The page is made once a second; a question of ours or two are among what is counted, the visits are many more.
      await wait(1200);
      expect(((await stage.counts())[key] ?? 0) - (before[key] ?? 0)).toBeGreaterThanOrEqual(visits);
    }
  });

  it('and written down: a replay reproduces every attempt that the piñatas publish', async () => {
    let replayed = 0;
    for (const [flags, pinata] of await stage.entered()) {
      if (flags.includes('shutdown')) continue; // that one is gone
      const generations = new Map<string, ReplayGeneration>();
      const site = SiteSource.open(`http://127.0.0.1:${pinata.ready.ports.http}`);
      for await (const line of site.lines(everything)) {
        if (line.type === 'attempt') {
          const { verdict, differences } = replay(line, generations);
          // Of a flood the beginning is on record.
          const expected = (line.body?.omitted ?? 0) > 0 ? 'incomplete' : 'reproduced';
          expect({ flags, head: line.head, verdict, differences }).toMatchObject({ verdict: expected });
          replayed += 1;
        } else {
          const generation = readGeneration(line);
          if (generation !== undefined) generations.set(line.generation, generation);
        }
      }
    }
    expect(replayed).toBeGreaterThan(60);
  });

  it('with an alert that the table names, in the version that shows it', () => {
    for (const [key, { alert }] of reached) {
      const { alerts } = failureTable[key];
      if (alerts !== undefined) expect(alerts, key).toContain(alert);
    }
  });
});

describe('what nobody reaches', () => {
  it.each(unreachable)('%s: %s', (_, reason) => {
    expect(reason.length).toBeGreaterThan(20);
    for (const [path] of reason.matchAll(/test\/[a-z/-]+(?:\.test\.ts)?/g)) {
      expect(existsSync(resolve(import.meta.dirname, '../..', path)), path).toBe(true);
    }
  });

  it('is little', () => {
    expect(unreachable.map(([key]) => key).toSorted()).toEqual([
      'breach',
      'http.503',
      'http.other',
      'internal.exception',
      'withheld',
    ]);
  });
});
