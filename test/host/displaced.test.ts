import { expect, it } from 'vitest';
import type { Yielding } from '../../service/bounty/places.ts';
import type { Standing } from '../../service/bounty/precedence.ts';
import { WebsiteConnection } from '../../service/host/website-connection.ts';
import { createSite } from '../../service/site/index.ts';
import { sampleNow, sampleView } from '../site/sample-view.ts';
import { eventually } from './relay.ts';
import { socketPair } from './socket-pair.ts';

/* Who is shown out of the page for somebody else: how far they are said to have come, and what their visit is counted as. */

async function visit() {
  const { socket, visitor } = await socketPair({ paused: true });
  visitor.resume();
  const standings: Standing[] = [];
  const outcomes: string[] = [];
  let owner: Yielding | undefined;
  new WebsiteConnection({
    socket,
    site: createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView }),
    tls: undefined,
    stands: (standing, whose) => {
      if (standings.at(-1) !== standing) standings.push(standing);
      owner = whose;
    },
    turn: (act) => {
      const immediate = setImmediate(act);
      return () => clearImmediate(immediate);
    },
    onReceived: (_bytes, judge) => judge(),
    onEvents: () => undefined,
    visit: { handshake: () => undefined, mayChallenge: () => true },
    onRequest: () => undefined,
    onOutcome: ({ type }) => outcomes.push(type),
    contain: (act) => act(),
  });
  socket.resume();
  const said = async (text: string, standing: Standing): Promise<void> => {
    visitor.write(text);
    await eventually(
      () => standings,
      (all) => all.length > 1 && all.at(-1) === standing,
    );
  };
  return { socket, standings, outcomes, said, yieldUp: () => owner?.yieldUp() };
}

it('who says nothing', async () => {
  const { socket, standings, outcomes, yieldUp } = await visit();
  yieldUp();
  expect([standings, outcomes, socket.destroyed]).toEqual([['silent'], ['rate_limited'], true]);
});

it('who is in the middle of a question', async () => {
  const { socket, outcomes, said, yieldUp } = await visit();
  await said('GET / HTT', 'waiting');
  yieldUp();
  expect([outcomes, socket.destroyed]).toEqual([['rate_limited'], true]);
});

it('who was answered and asks for nothing more was served', async () => {
  const { socket, standings, outcomes, said, yieldUp } = await visit();
  await said('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n', 'silent');
  expect(standings).toEqual(['silent', 'waiting', 'silent']);
  yieldUp();
  expect([outcomes, socket.destroyed]).toEqual([['finished'], true]);
});

it('who asks for more was not', async () => {
  const { outcomes, said, yieldUp } = await visit();
  await said('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n', 'silent');
  await said('GET /', 'busy');
  yieldUp();
  expect(outcomes).toEqual(['rate_limited']);
});
