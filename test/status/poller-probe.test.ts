import { expect, onTestFinished, test } from 'vitest';
import { replay } from '../../service/tools/replay.ts';
import { type ReplayGeneration, readGeneration } from '../../service/tools/replay-session.ts';
import { SiteSource } from '../../service/tools/trace-site.ts';
import { everything } from '../../service/tools/trace-source.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { Polled, settingsWith } from './polled.ts';

/* What a poller is counted as by a piñata that runs: all that it opens, on every port, and what is opened to it. */

const ports = ['http', 'https', 'server', 'dialback', 'reverse'] as const;

/**
 * The host has deadlines: two seconds for a caller of 10001, and some for a handshake. Where the machine stands still for that
 * long, a probe is counted as what became of it; so it may be tried again, with another piñata.
 */
const again = { retry: 3 } as const;

test.each(['1.3', '1.2', '1.2,1.3'])('a run is probes and nothing else, at TLS %s', again, async (versions) => {
  const live = await LivePinata.start(['--tls', versions, '--dialback-target-port', `${await freePort()}`], false);
  onTestFinished(() => live.stop());
  const polled = new Polled(settingsWith({ ports: live.ready.ports }));
  await polled.run();
  const { host, proof } = await polled.status();
  for (const port of ports) {
    expect([port, host[port].state, host[port].sentence]).toEqual([port, 'up', expect.any(String)]);
  }
  expect(proof.state).toBe('known');
  let asked = 0;
  const connections = async () => {
    asked += 1;
    return (await live.status()).connections;
  };
  // The call, and the one that finds nobody.
  await expect.poll(async () => (await connections()).byPort['dialback'], { timeout: 60_000 }).toBe(2);
  await expect.poll(async () => (await connections()).open, { timeout: 60_000 }).toBeLessThan(2);
  const { byCategory, byPort } = await connections();
  const { probe, 'website.page': page = 0, ...others } = byCategory;
  expect(Object.entries(others).filter(([, count]) => count > 0)).toEqual([]);
  expect(page).toBeLessThanOrEqual(asked); // this test's own
  expect(probe).toBeGreaterThan(9);
  expect(byPort).toMatchObject({ https: 1, server: 1, dialback: 2, reverse: 1 });

  await polled.run(60);
  const { counters } = await polled.status();
  expect(counters).toMatchObject({ state: 'known', value: { attempts: 0 } });

  const site = SiteSource.open(`http://127.0.0.1:${live.ready.ports.http}`);
  const generations = new Map<string, ReplayGeneration>();
  const seen: string[] = [];
  for await (const line of site.lines(everything)) {
    if (line.type === 'attempt') {
      const { verdict, differences } = replay(line, generations);
      expect({ head: line.head, differences }).toMatchObject({ differences: [] });
      seen.push(`${line.head.port} ${line.head.category} ${verdict}`);
    } else {
      const generation = readGeneration(line);
      if (generation !== undefined) generations.set(line.generation, generation);
    }
  }
  expect(new Set(seen)).toEqual(
    new Set(['dialback probe reproduced', 'reverse probe reproduced', 'server probe reproduced']),
  );
});
