import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { encodeStatement, type StatementFields } from '../../service/bitcoin/index.ts';

/** The port of a host that says of itself what `fields` has at the time; it ends with the test. */
export async function hostSaying(fields: () => StatementFields): Promise<number> {
  const server = createServer((_, answer) => answer.end(JSON.stringify({ statement: encodeStatement(fields()).text })));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
