import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type HttpConnection,
  type HttpInput,
  type HttpResponder,
  type HttpStep,
  openHttp,
  stepHttp,
} from '../../service/site/http.ts';
import type { HttpRequest } from '../../service/site/http-request.ts';

/** A responder that says which request it was asked for by a number, so that responses can be told apart. */
export const stubResponder: HttpResponder = {
  respond: (request) => ({
    status: request.method === 'POST' ? 202 : request.path === '/missing' ? 404 : 200,
    fields: [['Content-Type', 'text/plain']],
    content: utf8ToBytes(contentFor(request)),
  }),
  postedLength: (path) => (path === '/post' ? 32 : undefined),
  refuse: (status) => ({ status, fields: [], content: utf8ToBytes(`${status}\n`) }),
};

/** Of what was posted the sum is told, so that a test sees that it came as it was sent. */
const contentFor = (request: HttpRequest): string => {
  if (request.method === 'POST') return `${request.content.reduce((sum, byte) => sum + byte, 0)}\n`;
  return request.path === '/big' ? 'x'.repeat(70_000) : 'hello\n';
};

export interface Exchange {
  readonly out: Uint8Array;
  readonly text: string;
  readonly statuses: readonly number[];
  readonly closed: boolean;
  readonly awaiting: HttpStep['awaiting'];
  readonly connection: HttpConnection;
  /** Bytes put out by the step that put out most. */
  readonly mostInOneStep: number;
}

/** Steps a connection through inputs as a host does: what is held back is fetched with `drained` before the next input. */
export function exchange(inputs: readonly HttpInput[], responder: HttpResponder = stubResponder): Exchange {
  let connection = openHttp();
  let awaiting: HttpStep['awaiting'] = 'request';
  let closed = false;
  let mostInOneStep = 0;
  const out: Uint8Array[] = [];
  const statuses: number[] = [];
  const take = (input: HttpInput): boolean => {
    const step = stepHttp(connection, input, responder);
    ({ connection, awaiting } = step);
    const pieces = concatBytes(...step.out);
    mostInOneStep = Math.max(mostInOneStep, pieces.length);
    out.push(pieces);
    statuses.push(...step.events.map(({ status }) => status));
    closed = step.close;
    return step.more;
  };
  for (const input of inputs) {
    let more = take(input);
    while (more) more = take('drained');
  }
  const all = concatBytes(...out);
  return { out: all, text: new TextDecoder().decode(all), statuses, closed, awaiting, connection, mostInOneStep };
}

export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

export const send = (text: string, responder?: HttpResponder): Exchange => exchange([bytes(text)], responder);

/** One byte at a time. */
export const trickle = (input: Uint8Array): readonly Uint8Array[] => Array.from(input, (byte) => Uint8Array.of(byte));
