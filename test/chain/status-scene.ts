import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';
import { type StatusWorld, statusCommand } from '../../infra/status/status-command.ts';
import { explorer, type ModelState } from './model.ts';

/* The verb `status`, in this process, among explorers and pages that answer over real HTTP. */

interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
}

/** An origin, for the duration of the test. */
export async function serve(answer: (path: string) => Answer | Promise<Answer>): Promise<string> {
  const server = createServer((request, response) => {
    Promise.resolve(answer(request.url ?? '/')).then(
      ({ status, body }) => response.writeHead(status).end(body),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

/** The base URL of an explorer of a model chain, which may change between two questions. */
export async function explorerOf(state: ModelState | (() => ModelState), address: string): Promise<string> {
  const ask = explorer(typeof state === 'function' ? state : () => state, address);
  return `${await serve((path) => ask(`http://x${path}`))}/api`;
}

/** Nobody listens there. */
export const nobody = { host: '127.0.0.1', port: 1 };

/** What the verb said, in a folder without a deployment and beside no piñata, unless the world is another one. */
export async function said(words: readonly string[], world: Partial<StatusWorld> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await statusCommand(words, {
    stdout: { write: (text: string | Uint8Array) => out.push(String(text)) > 0 },
    stderr: { write: (text: string | Uint8Array) => err.push(String(text)) > 0 },
    folder: tmpdir(),
    local: nobody,
    time: { now: () => Math.floor(Date.now() / 1000), pause: () => Promise.resolve() },
    interrupted: new AbortController().signal,
    ...world,
  });
  return { status, out: out.join(''), err: err.join('') };
}
