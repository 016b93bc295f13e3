import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { encodeStatement, type StatementFields } from '../../service/bitcoin/index.ts';
import type { PublicLogDocument } from '../../service/site/public-log.ts';

/** The port of a host that says of itself what `fields` has at the time, or nothing; it ends with the test. */
export async function hostSaying(fields: () => StatementFields | undefined): Promise<number> {
  const server = createServer(({ url, socket }, answer) => {
    if (url === '/log.json') return void answer.end(JSON.stringify(log));
    const said = fields();
    if (said === undefined) return void socket.destroy();
    answer.end(JSON.stringify({ statement: encodeStatement(said).text }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** As its page has it: the newest first. */
const log: PublicLogDocument = {
  asOf: '2026-11-22T02:00:00Z',
  startedAt: '2026-11-22T01:00:00Z',
  lines: [
    { at: '2026-11-22T01:30:00Z', event: 'released', values: { port: 'server', release: 'short_circuit' } },
    { at: '2026-11-22T01:20:00Z', event: 'rotated', values: { generation: 2, caSha256: 'ab' } },
  ],
};
