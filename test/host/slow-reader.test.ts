import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebsiteConnection } from '../../service/host/website-connection.ts';
import { createSite, type Site } from '../../service/site/index.ts';
import { sampleNow, sampleView } from '../site/sample-view.ts';
import { eventually } from './relay.ts';
import { socketPair } from './socket-pair.ts';

/* Who asks for much and reads nothing holds little of us; who reads slowly gets all of it. */

const length = 32 * 1024 * 1024;

/** Answers whatever comes with one long page, and says goodbye. */
function longPage(): Site {
  const { open } = createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView });
  const page = new Uint8Array(length).map((_, i) => i % 251);
  return {
    open,
    step: (connection) => ({
      connection,
      out: [page.subarray(0, 100), page.subarray(100)],
      close: true,
      more: false,
      awaiting: 'nothing',
      events: [{ status: 200 }],
    }),
  };
}

it.each([false, true])(
  'a page of 32 MiB is handed over as it is read; FIN right after the request: %s',
  async (ends) => {
    const { socket, visitor } = await socketPair({ paused: false });
    const outcomes: string[] = [];
    new WebsiteConnection({
      socket,
      site: longPage(),
      contain: (act) => act(),
      tls: undefined,
      onReceived: (_, judge) => judge(),
      onEvents: () => undefined,
      stands: () => undefined,
      turn: (act) => {
        const immediate = setImmediate(act);
        return () => clearImmediate(immediate);
      },
      visit: { handshake: () => undefined, mayChallenge: () => true },
      onRequest: () => undefined,
      onOutcome: ({ type }) => outcomes.push(type),
    });
    visitor.pause();
    if (ends) visitor.end('x');
    else visitor.write('x');
    await eventually(
      () => outcomes.length,
      (count) => count === 1,
    );
    expect(socket.writableLength).toBeLessThan(256 * 1024);

    let received = 0;
    let wrong = 0;
    visitor.on('data', (chunk: Buffer) => {
      for (let i = 0; i < chunk.length; i += 997) if (chunk[i] !== (received + i) % 251) wrong += 1;
      received += chunk.length;
    });
    visitor.resume();
    await once(visitor, 'end');
    expect([received, wrong, outcomes]).toEqual([length, 0, ['finished']]);
  },
);
