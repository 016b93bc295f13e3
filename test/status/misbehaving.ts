import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { portOf } from './port-of.ts';

/* Servers that answer as they ought to, but for one fault that they are told of. */

export const faults = [
  'says nothing',
  'stops halfway',
  'hangs up',
  '429 with a page for people',
  'cut short',
  'does not end',
  '500',
  'sends us on',
] as const;
export type FaultOfAnswer = (typeof faults)[number];

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Misbehaving {
  readonly origin: string;
  readonly port: number;
  /** The paths that were asked for, with their method. */
  readonly asked: string[];
  /** `meets` is asked of each `METHOD /path`, without the query. */
  fault: { readonly does: FaultOfAnswer; readonly meets: (request: string) => boolean } | undefined;
  /** How often it was met. */
  met: number;
}

const page = '<html><head><title>429 Too Many Requests</title></head><body><script>alert(1)</script></body></html>';

/** Closed when the test has ended. */
export async function misbehaving(
  answer: (request: IncomingMessage, body: Uint8Array) => Reply | Promise<Reply>,
): Promise<Misbehaving> {
  const server: Server = createServer((request, response) => {
    const answering = async (): Promise<void> => {
      const body = Buffer.concat(await request.toArray());
      const what = `${request.method} ${(request.url ?? '').split('?')[0]}`;
      misbehaves.asked.push(what);
      const { fault } = misbehaves;
      if (fault?.meets(what) === true) {
        misbehaves.met += 1;
        return misbehave(fault.does, response, await answer(request, body), misbehaves.origin);
      }
      const reply = await answer(request, body);
      response.writeHead(reply.status, { connection: 'close' }).end(reply.body);
    };
    answering().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = portOf(server);
  const misbehaves: Misbehaving = {
    origin: `http://127.0.0.1:${port}`,
    port,
    asked: [],
    fault: undefined,
    met: 0,
  };
  return misbehaves;
}

function misbehave(fault: FaultOfAnswer, response: ServerResponse, { status, body }: Reply, origin: string): void {
  const headers = { connection: 'close' };
  const half = body.slice(0, body.length / 2);
  switch (fault) {
    case 'says nothing':
      return;
    case 'stops halfway':
      response.writeHead(status, { ...headers, 'content-length': body.length + 1 }).write(half);
      return;
    case 'hangs up':
      response.destroy();
      return;
    case '429 with a page for people':
      response.writeHead(429, { ...headers, 'content-type': 'text/html', 'retry-after': '1' }).end(page);
      return;
    case 'cut short':
      response.writeHead(status, { ...headers, 'content-length': half.length }).end(half);
      return;
    case 'does not end': {
      const more = (): void => {
        if (!response.destroyed) response.write(' '.repeat(65_536), () => setImmediate(more));
      };
      response.writeHead(status, headers);
      more();
      return;
    }
    case '500':
      response.writeHead(500, headers).end('{"error":"internal"}');
      return;
    case 'sends us on':
      response.writeHead(302, { ...headers, location: `${origin}/elsewhere` }).end();
      return;
    default:
      fault satisfies never;
  }
}
