import type { Fault, TranscriptPoint } from '../tls/index.ts';
import type { Direction, Inner, TraceStep } from './attempt.ts';
import type { DialBackOutcome, ReleaseKind } from './connection-event.ts';
import { reasonsByKind } from './failure-key.ts';
import {
  array,
  hex,
  integer,
  keysOf,
  object,
  oneOf,
  optional,
  type Shape,
  tagged,
  text,
  where,
  withOrWithout,
} from './shape.ts';

/* The steps of an attempt, as they stand in a line (docs/traces.md). */

/** RFC 9846 §5.1 and §5.2: of a record in clear, and of an encrypted one. */
const longest = { clear: 2 ** 14, encrypted: 2 ** 14 + 256 } as const;
/** A message of four header bytes and a length of three bytes. */
const longestMessage = 4 + 2 ** 24 - 1;
/**
 * What a peer sent or what quotes it: both fit into the 16 KiB that a ClientHello may have. Less would let whoever says a long
 * name keep their own trace from every reader.
 */
const sentence = text(2 ** 14);

export const sha256 = hex(32);
const t = integer(0);
const byte = integer(0, 255);
const uint16 = integer(0, 65_535);
const direction: Shape<Direction> = oneOf(['received', 'sent']);
const point: Shape<TranscriptPoint> = keysOf({ server_finished: 0, client_finished: 0 });
const outcome: Shape<DialBackOutcome> = keysOf({ triggered: 0, blocked: 0, rate_limited: 0, refused: 0, timeout: 0 });
const release: Shape<ReleaseKind> = keysOf({ short_circuit: 0, test_credentials: 0, breach: 0 });
export const version = oneOf(['1.3', '1.2']);

const fault: Shape<Fault> = tagged<'kind', Fault>('kind', {
  misbehaved: object({ kind: oneOf(['misbehaved']), reason: oneOf(reasonsByKind.misbehaved), detail: sentence }),
  incompatible: object({ kind: oneOf(['incompatible']), reason: oneOf(reasonsByKind.incompatible), detail: sentence }),
  undecodable: object({ kind: oneOf(['undecodable']), reason: oneOf(reasonsByKind.undecodable), detail: sentence }),
  untrusted: object({ kind: oneOf(['untrusted']), reason: oneOf(reasonsByKind.untrusted), detail: sentence }),
  refused: object({
    kind: oneOf(['refused']),
    reason: oneOf(reasonsByKind.refused),
    certificate: integer(0, 1000),
    detail: sentence,
  }),
  internal: object({ kind: oneOf(['internal']), reason: oneOf(reasonsByKind.internal), detail: sentence }),
});

const inner: Shape<Inner> = tagged<'type', Inner>('type', {
  said: object({
    type: oneOf(['said']),
    contentType: oneOf([21, 22]),
    content: hex(0, longest.clear),
    fragment: hex(0, longest.encrypted),
  }),
  withheld: object({ type: oneOf(['withheld']), contentType: byte, length: integer(0, longest.clear) }),
  unopened: object({ type: oneOf(['unopened']) }),
});

type StepOf<Type extends TraceStep['type']> = Extract<TraceStep, { type: Type }>;

const header = { t, type: oneOf(['record']), direction, version: uint16 };
const record: Shape<StepOf<'record'>> = withOrWithout(
  'fragment',
  where(
    // There is no application data in clear: the engine takes none, and a trace has no place for it.
    object({
      ...header,
      contentType: oneOf([20, 21, 22]),
      length: integer(0, longest.clear),
      fragment: hex(0, longest.clear),
    }),
    ({ fragment, length }) => fragment.length === 2 * length,
    'a record whose fragment has `length` bytes',
  ),
  where(
    object({ ...header, contentType: byte, length: integer(0, longest.encrypted), inner }),
    (step) => step.inner.type !== 'said' || step.inner.fragment.length === 2 * step.length,
    'a record whose fragment has `length` bytes',
  ),
);

const bare = <const Type extends string>(type: Type) => object({ t, type: oneOf([type]) });

const steps: { readonly [Type in TraceStep['type']]: Shape<StepOf<Type>> } = {
  record,
  handshake: object({
    t,
    type: oneOf(['handshake']),
    direction,
    message: text(64),
    length: integer(4, longestMessage),
  }),
  change_cipher_spec: object({ t, type: oneOf(['change_cipher_spec']), direction }),
  alert: object({ t, type: oneOf(['alert']), direction, level: byte, description: byte }),
  client_random: object({ t, type: oneOf(['client_random']), random: hex(32) }),
  negotiated: object({
    t,
    type: oneOf(['negotiated']),
    version,
    cipherSuite: text(64),
    group: text(64),
    applicationProtocol: optional(text(255)),
    serverName: optional(sentence),
  }),
  transcript: object({
    t,
    type: oneOf(['transcript']),
    point,
    direction: oneOf(['sent', 'verified']),
    hash: hex(32, 48),
  }),
  begun: object({ t, type: oneOf(['begun']), generation: sha256, now: integer(0), versions: array(version, 2) }),
  state: object({ t, type: oneOf(['state']), state: text(64) }),
  application_data: object({ t, type: oneOf(['application_data']), direction, length: integer(0) }),
  established: bare('established'),
  fault: object({ t, type: oneOf(['fault']), fault }),
  closed: object({ t, type: oneOf(['closed']), direction }),
  rest: where(
    object({ t, type: oneOf(['rest']), length: integer(1), bytes: hex(0, 1024) }),
    ({ bytes, length }) => bytes.length <= 2 * length,
    'a rest of no more bytes than its length',
  ),
  http: object({ t, type: oneOf(['http']), status: integer(100, 599) }),
  probe: bare('probe'),
  dialback: object({ t, type: oneOf(['dialback']), outcome }),
  released: object({ t, type: oneOf(['released']), release }),
  alert_received: object({ t, type: oneOf(['alert_received']), description: byte }),
  withheld: object({ t, type: oneOf(['withheld']), reason: sentence }),
  rate_limited: bare('rate_limited'),
  overloaded: bare('overloaded'),
  empty: bare('empty'),
  eof: bare('eof'),
  reset: bare('reset'),
  timeout: bare('timeout'),
  byte_budget: bare('byte_budget'),
  shutdown: bare('shutdown'),
  finished: bare('finished'),
  exception: bare('exception'),
};

export const traceStepShape: Shape<TraceStep> = tagged<'type', TraceStep>('type', steps);
