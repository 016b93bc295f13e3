import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as v from 'valibot';

/*
 * What the stand-ins of both clouds have in common: JSON over HTTP on loopback, a bearer token, a log of what was asked, and
 * faults that a test asks for. What a cloud answers is in fake-hetzner.ts and fake-digitalocean.ts.
 */

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: string;
  /** Of the whole path, without its query; the groups are handed over. */
  readonly path: RegExp;
  readonly answer: (groups: readonly string[], body: Json, query: URLSearchParams) => Answer;
}

export interface Struck {
  /** Resolves when it was given in the place of an answer for the first time. */
  readonly struck: Promise<void>;
}

export interface FakeCloud {
  readonly endpoint: string;
  /** `POST /v1/servers`, in the order in which they came; a look (GET) is not among them. */
  readonly log: string[];
  /** What every body held, as text: to look for what must not be there. */
  readonly bodies: string[];
  /** Requests that the stand-in does not know, or has no sense to make of: a test that sees one has found a gap in it. */
  readonly faulty: string[];
  /** Of those that fit, all but the first `after` are answered by this instead, `times` times. `hang`: done, and no answer. */
  fail(request: RegExp, answer: Answer | 'hang', fault?: { readonly times?: number; readonly after?: number }): Struck;
  /** No such faults any more. */
  heal(): void;
  close(): Promise<void>;
}

const object = v.record(v.string(), v.unknown());

export async function serveCloud(
  token: string,
  routes: readonly Route[],
  problem: (status: number, code: string, message: string) => Answer,
): Promise<FakeCloud> {
  const log: string[] = [];
  const bodies: string[] = [];
  const faults: { request: RegExp; answer: Answer | 'hang'; after: number; left: number; strike: () => void }[] = [];
  const faulty: string[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cloud.invalid');
    const line = `${request.method} ${pathname}`;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (request.method !== 'GET') log.push(line);
    bodies.push(text);
    const fault = faults.find((one) => one.left > 0 && one.request.test(line) && one.after-- <= 0);
    if (fault !== undefined) fault.left -= 1;
    const answer = (): Answer => {
      if (request.headers.authorization !== `Bearer ${token}`) {
        return problem(401, 'unauthorized', 'unable to authenticate');
      }
      if (fault !== undefined && fault.answer !== 'hang') return fault.answer;
      for (const route of routes) {
        const groups = route.method === request.method ? route.path.exec(pathname) : null;
        if (groups !== null) {
          const body = text === '' ? {} : v.parse(object, JSON.parse(text));
          return route.answer(groups.slice(1), body, searchParams);
        }
      }
      faulty.push(`${line}: nothing here answers that`);
      return problem(404, 'not_found', `no route ${line}`);
    };
    const { status, body } = answer();
    fault?.strike();
    if (fault?.answer === 'hang') return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      faulty.push(`${request.method} ${request.url}: ${String(error)}`);
      response.writeHead(500);
      response.end(JSON.stringify({ error: { code: 'stand-in', message: String(error) } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    log,
    bodies,
    faulty,
    fail(request, answer, { times = 1, after = 0 } = {}) {
      const { promise: struck, resolve: strike } = Promise.withResolvers<void>();
      faults.push({ request, answer, after, left: times, strike });
      return { struck };
    },
    heal: () => {
      faults.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
