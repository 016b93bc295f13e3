import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

/* What may stand between a visitor and a website: it passes everything on, but for what it makes of an answer. */

/** Of each path and the text that came for it: what is said instead. */
export type Change = (path: string, text: string) => string;

/** Its port, of loopback as the website's; closed when the test has ended. */
export async function relayed(httpPort: number, change: Change): Promise<number> {
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const { method = 'GET', url = '/' } = request;
    const answer = await fetch(`http://127.0.0.1:${httpPort}${url}`, {
      method,
      headers: { connection: 'close' },
      ...(method === 'POST' ? { body } : {}),
    });
    const text = change(url, await answer.text());
    response.writeHead(answer.status);
    response.end(text);
  };
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export const asItIs: Change = (_, text) => text;

/** For every statement the evidence that the first one had, under the name of the one that was asked about. */
export function replayedEvidence(): Change {
  let first: string | undefined;
  return (path, text) => {
    const [, name] = /^\/evidence\/([0-9a-f]{64})$/.exec(path) ?? [];
    if (name === undefined || !text.includes('"btc-pinata/evidence/v1"')) return text;
    first ??= text;
    return first.replace(/("statementSha256": *")[0-9a-f]{64}/, `$1${name}`);
  };
}
