import { emptyLine, type PartialLine, readLine } from './http-line.ts';
import {
  addField,
  decideRequest,
  type Fields,
  type HttpRequest,
  noFields,
  type PostedLength,
  parseRequestLine,
  persists,
  type RefusedStatus,
  type RequestLine,
} from './http-request.ts';
import { type Framing, frameResponse, type HttpResponse } from './http-response.ts';

/*
 * HTTP/1.1 (RFC 9112) for GET, HEAD and a POST whose length is known before, as a pure step. The same bytes give the same responses however they are cut; the time
 * is linear in them; what is held is bounded. A request is answered whole before the next one is looked at.
 */

/** All that is bounded here. The host bounds what takes time: it says `timeout`. */
export const httpLimits = {
  /** Bytes of the request line, its CRLF included: 414 beyond. */
  requestLine: 4096,
  /** Bytes and number of the field lines: 431 beyond. */
  fields: 8192,
  fieldCount: 64,
  /** Requests on one connection; the last of them is answered with `Connection: close`. */
  requests: 100,
  /**
   * A step that has answered so many holds back those it has left. To a HEAD or a 304 next to nothing is put out, and to make
   * what is not put out takes as long: by the bytes, a hundred pages would be made in one go.
   */
  atOnce: 1,
  /** Bytes that may be held back; whoever sends more without reading is cut off. */
  held: 128 * 1024,
} as const;

/** What comes to a connection. `drained`: what was in `out` has been handed over, go on with what is held. */
export type HttpInput = Uint8Array | 'drained' | 'eof' | 'timeout';

/** A value: stepping it leaves it as it was. */
export interface HttpConnection {
  readonly state: 'open' | 'closed';
  /** The request being read: its first line once it is complete, then the fields, and the line that is not complete yet. */
  readonly requestLine: RequestLine | undefined;
  readonly fields: Fields;
  readonly line: PartialLine;
  /** Of a POST whose head is whole: what came of its content, which is never looked at as a request. */
  readonly content: Content | undefined;
  /** RFC 9112 §2.2: one empty line before a request is ignored, and no more than one. */
  readonly emptyLineIgnored: boolean;
  /** Input that was not looked at yet, from `at` on. */
  readonly held: Uint8Array;
  readonly at: number;
  readonly peerEnded: boolean;
  readonly answered: number;
}

interface Content {
  readonly bytes: Uint8Array;
  readonly wanted: number;
}

export interface HttpStep {
  readonly connection: HttpConnection;
  /** To be written in this order and as a whole. The pieces may be shared between connections: do not write into them. */
  readonly out: readonly Uint8Array[];
  /** End our side once `out` is written; drain and discard what still comes. */
  readonly close: boolean;
  /** Requests are held back: read no more, write `out`, then step with `drained`. */
  readonly more: boolean;
  /** `request`: nothing of the next one yet (an idle limit applies). `rest`: within one (the header limit applies). */
  readonly awaiting: 'request' | 'rest' | 'nothing';
  readonly events: readonly HttpEvent[];
}

/** One a request answered: for the statistics the status, and whether a poller asked. Nothing of what was sent. */
export interface HttpEvent {
  readonly status: number;
  readonly probe?: true;
}

/** What is answered. All are total, and none may repeat anything of a request. */
export interface HttpResponder {
  respond(request: HttpRequest): HttpResponse;
  /** `path` is empty where the request line has none, or was not read. */
  refuse(status: RefusedStatus, path: string): HttpResponse;
  readonly postedLength: PostedLength;
}

const nothing = new Uint8Array(0);

export function openHttp(): HttpConnection {
  return {
    state: 'open',
    requestLine: undefined,
    fields: noFields,
    line: emptyLine,
    content: undefined,
    emptyLineIgnored: false,
    held: nothing,
    at: 0,
    peerEnded: false,
    answered: 0,
  };
}

/** Takes one input, answers the requests it completes, up to `httpLimits.atOnce`. Never throws. */
export function stepHttp(connection: HttpConnection, input: HttpInput, responder: HttpResponder): HttpStep {
  if (connection.state === 'closed') return quiet(connection);
  if (input === 'timeout') return midRequest(connection) ? refuse(connection, 408, responder) : closed(connection);
  if (input === 'drained') return proceed(connection, responder);
  if (input === 'eof') return proceed({ ...connection, peerEnded: true }, responder);
  const waiting = connection.held.length - connection.at;
  if (waiting + input.length > httpLimits.held) return closed(connection);
  if (waiting > 0) return proceed({ ...connection, held: joined(connection, input), at: 0 }, responder);
  const step = proceed({ ...connection, held: input, at: 0 }, responder);
  // The caller's buffer may be of a pool: what outlives the step is our copy, made once.
  return step.more ? { ...step, connection: { ...step.connection, ...owned(step.connection) } } : step;
}

const owned = ({ held, at }: HttpConnection) => ({ held: held.slice(at), at: 0 });

function joined({ held, at }: HttpConnection, input: Uint8Array): Uint8Array {
  const all = new Uint8Array(held.length - at + input.length);
  all.set(held.subarray(at));
  all.set(input, held.length - at);
  return all;
}

type Progress =
  | { readonly kind: 'reading'; readonly connection: HttpConnection }
  | { readonly kind: 'request'; readonly connection: HttpConnection; readonly request: HttpRequest }
  | { readonly kind: 'refused'; readonly connection: HttpConnection; readonly status: RefusedStatus };

function proceed(start: HttpConnection, responder: HttpResponder): HttpStep {
  const out: Uint8Array[] = [];
  const events: HttpEvent[] = [];
  let connection = start;
  while (connection.at < connection.held.length && events.length < httpLimits.atOnce) {
    const progress = advance(connection, responder.postedLength);
    connection = progress.connection;
    if (progress.kind === 'reading') continue;
    const answer =
      progress.kind === 'request'
        ? responder.respond(progress.request)
        : refusal(connection, progress.status, responder);
    const framing = frame(connection, progress);
    out.push(...frameResponse(answer, framing));
    const probe = progress.kind === 'request' && connection.fields.probe;
    events.push({ status: answer.status, ...(probe ? { probe } : {}) });
    if (!framing.persist) return ended(connection, out, events);
    connection = { ...openHttp(), ...remaining(connection), answered: connection.answered + 1 };
  }
  if (connection.at < connection.held.length) {
    return { connection, out, close: false, more: true, awaiting: 'request', events };
  }
  if (connection.peerEnded) {
    if (!midRequest(connection)) return ended(connection, out, events);
    const last = refuse(connection, 400, responder);
    return { ...last, out: [...out, ...last.out], events: [...events, ...last.events] };
  }
  const awaiting = midRequest(connection) ? 'rest' : 'request';
  return { connection: { ...connection, held: nothing, at: 0 }, out, close: false, more: false, awaiting, events };
}

/** Reads on to the end of one line, of the content, or of the input. */
function advance(connection: HttpConnection, postedLength: PostedLength): Progress {
  const { requestLine, fields, content } = connection;
  if (requestLine !== undefined && content !== undefined) return readContent(connection, requestLine, content);
  const kind = requestLine === undefined ? 'request-line' : 'field-line';
  const limit = requestLine === undefined ? httpLimits.requestLine : httpLimits.fields - fields.length;
  const read = readLine(connection.line, kind, connection.held, connection.at, limit);
  const refused = (status: RefusedStatus): Progress => ({ kind: 'refused', connection, status });
  switch (read.kind) {
    case 'partial':
      return { kind: 'reading', connection: { ...connection, line: read.line, at: connection.held.length } };
    case 'malformed':
      return refused(400);
    case 'too-long':
      return refused(kind === 'field-line' ? 431 : read.part === 'method' ? 501 : 414);
    case 'complete': {
      const next = { ...connection, line: emptyLine, at: read.next };
      if (requestLine === undefined) return readRequestLine(next, read.text);
      if (read.text !== '') return readField(next, read.text, read.length);
      return decide(next, requestLine, postedLength);
    }
  }
}

function readRequestLine(connection: HttpConnection, text: string): Progress {
  if (text === '' && !connection.emptyLineIgnored) {
    return { kind: 'reading', connection: { ...connection, emptyLineIgnored: true } };
  }
  const requestLine = parseRequestLine(text);
  if ('refused' in requestLine) return { kind: 'refused', connection, status: requestLine.refused };
  return { kind: 'reading', connection: { ...connection, requestLine } };
}

function readField(connection: HttpConnection, text: string, length: number): Progress {
  if (connection.fields.count === httpLimits.fieldCount) return { kind: 'refused', connection, status: 431 };
  const fields = addField(connection.fields, text, length);
  if ('refused' in fields) return { kind: 'refused', connection, status: fields.refused };
  return { kind: 'reading', connection: { ...connection, fields } };
}

function decide(connection: HttpConnection, requestLine: RequestLine, postedLength: PostedLength): Progress {
  const decided = decideRequest(requestLine, connection.fields, postedLength);
  if ('refused' in decided) return { kind: 'refused', connection, status: decided.refused };
  if ('method' in decided) return { kind: 'request', connection, request: decided };
  return { kind: 'reading', connection: { ...connection, content: { bytes: nothing, wanted: decided.length } } };
}

/** As many bytes as were announced, whatever they look like (RFC 9112 §6.3). */
function readContent(connection: HttpConnection, { path }: RequestLine, { bytes, wanted }: Content): Progress {
  const { held, at } = connection;
  const more = held.subarray(at, at + wanted - bytes.length);
  const content = new Uint8Array(bytes.length + more.length);
  content.set(bytes);
  content.set(more, bytes.length);
  const next = { ...connection, at: at + more.length, content: { bytes: content, wanted } };
  if (content.length < wanted) return { kind: 'reading', connection: next };
  return { kind: 'request', connection: next, request: { method: 'POST', path, content } };
}

/** After a refusal the end of the request is not known, but where the head was whole and only its method not ours. */
function frame(connection: HttpConnection, progress: Progress): Framing {
  const { requestLine, fields } = connection;
  if (requestLine === undefined) return { head: false, persist: false, sayKeepAlive: false };
  const understood = progress.kind === 'request' || (progress.kind === 'refused' && progress.status === 405);
  const persist =
    understood &&
    connection.answered + 1 < httpLimits.requests &&
    persists(requestLine, fields, connection.content !== undefined);
  return { head: requestLine.method === 'HEAD', persist, sayKeepAlive: requestLine.minor === 0 };
}

/** RFC 9112 §9.5, §9.6: the last response says that it is. */
function refuse(connection: HttpConnection, status: RefusedStatus, responder: HttpResponder): HttpStep {
  const answer = refusal(connection, status, responder);
  const framing = { ...frame(connection, { kind: 'refused', connection, status }), persist: false };
  return ended(connection, frameResponse(answer, framing), [{ status: answer.status }]);
}

const refusal = ({ requestLine }: HttpConnection, status: RefusedStatus, responder: HttpResponder): HttpResponse =>
  responder.refuse(status, requestLine?.path ?? '');

const midRequest = (connection: HttpConnection): boolean =>
  connection.requestLine !== undefined || connection.line.length > 0;

const remaining = ({ held, at, peerEnded }: HttpConnection) => ({ held, at, peerEnded });

function ended(connection: HttpConnection, out: readonly Uint8Array[], events: readonly HttpEvent[]): HttpStep {
  return { ...closed(connection), out, events };
}

const closed = (connection: HttpConnection): HttpStep => ({
  ...quiet({ ...openHttp(), state: 'closed', answered: connection.answered }),
  close: true,
});

const quiet = (connection: HttpConnection): HttpStep => ({
  connection,
  out: [],
  close: connection.state === 'closed',
  more: false,
  awaiting: connection.state === 'closed' ? 'nothing' : 'request',
  events: [],
});
