import fc from 'fast-check';
import {
  type AttemptLine,
  failureKeys,
  type GenerationLine,
  portKeys,
  type TraceLine,
  type TraceStep,
  traceFormat,
} from '../../service/trace/index.ts';

/* Lines of every kind, with every step there is: what tests of readers and writers are fed. */

const hex = (least: number, most: number = least) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((bytes) => Buffer.from(bytes).toString('hex'));
const sha256 = hex(32);
const t = fc.nat();
const byte = fc.nat(255);
const uint16 = fc.nat(65_535);
const words = fc.string({ maxLength: 40, unit: 'binary' });
const direction = fc.constantFrom('received', 'sent');
const version = fc.constantFrom('1.3', '1.2');
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const is = <const T>(value: T) => fc.constant(value);

const fault = fc.oneof(
  fc.record({ kind: is('misbehaved'), reason: fc.constantFrom('heartbeat', 'bad_finished'), detail: words }),
  fc.record({ kind: is('incompatible'), reason: fc.constantFrom('no_group', 'version_ssl3'), detail: words }),
  fc.record({ kind: is('undecodable'), reason: fc.constantFrom('malformed', 'invalid_value'), detail: words }),
  fc.record({ kind: is('untrusted'), reason: fc.constantFrom('certificate_missing'), detail: words }),
  fc.record({ kind: is('refused'), reason: fc.constantFrom('expired'), certificate: fc.nat(9), detail: words }),
  fc.record({ kind: is('internal'), reason: is('internal_error'), detail: words }),
);

const header = { t, type: is('record'), direction, version: uint16 };
const inClear = fc
  .record({ ...header, contentType: fc.constantFrom(20, 21, 22), fragment: hex(0, 80) })
  .map((step) => ({ ...step, length: step.fragment.length / 2 }));
const said = fc
  .record({
    ...header,
    contentType: byte,
    inner: fc.record({
      type: is('said'),
      contentType: fc.constantFrom(21, 22),
      content: hex(0, 40),
      fragment: hex(0, 80),
    }),
  })
  .map((step) => ({ ...step, length: step.inner.fragment.length / 2 }));
const withheld = fc.record({
  ...header,
  contentType: byte,
  length: fc.nat(16_640),
  inner: fc.oneof(
    fc.record({ type: is('withheld'), contentType: byte, length: fc.nat(16_384) }),
    fc.record({ type: is('unopened') }),
  ),
});

const bare = <const Type extends string>(type: Type) => fc.record({ t, type: is(type) });

/** One for each type: one that is missing does not compile. */
const steps: { readonly [Type in TraceStep['type']]: fc.Arbitrary<Extract<TraceStep, { type: Type }>> } = {
  record: fc.oneof(inClear, said, withheld),
  handshake: fc.record({
    t,
    type: is('handshake'),
    direction,
    message: is('client_hello'),
    length: fc.nat(99).map((n) => n + 4),
  }),
  change_cipher_spec: fc.record({ t, type: is('change_cipher_spec'), direction }),
  alert: fc.record({ t, type: is('alert'), direction, level: byte, description: byte }),
  client_random: fc.record({ t, type: is('client_random'), random: sha256 }),
  negotiated: fc.record({
    t,
    type: is('negotiated'),
    version,
    cipherSuite: is('TLS_AES_128_GCM_SHA256'),
    group: is('x25519'),
    applicationProtocol: fc.option(words, { nil: undefined }),
    serverName: fc.option(words, { nil: undefined }),
  }),
  transcript: fc.record({
    t,
    type: is('transcript'),
    point: fc.constantFrom('server_finished', 'client_finished'),
    direction: fc.constantFrom('sent', 'verified'),
    hash: fc.oneof(hex(32), hex(48)),
  }),
  begun: fc.record({ t, type: is('begun'), generation: sha256, now: fc.nat(), versions: fc.subarray(['1.3', '1.2']) }),
  state: fc.record({ t, type: is('state'), state: is('wait_finished') }),
  application_data: fc.record({ t, type: is('application_data'), direction, length: fc.nat() }),
  fault: fc.record({ t, type: is('fault'), fault }),
  closed: fc.record({ t, type: is('closed'), direction }),
  rest: fc
    .record({ t, type: is('rest'), bytes: hex(0, 40), more: fc.nat(40) })
    .map(({ more, ...step }) => ({ ...step, length: step.bytes.length / 2 + more + 1 })),
  http: fc.record({ t, type: is('http'), status: fc.constantFrom(200, 404) }),
  dialback: fc.record({ t, type: is('dialback'), outcome: fc.constantFrom('triggered', 'blocked', 'refused') }),
  released: fc.record({ t, type: is('released'), release: fc.constantFrom('short_circuit', 'breach') }),
  alert_received: fc.record({ t, type: is('alert_received'), description: byte }),
  withheld: fc.record({ t, type: is('withheld'), reason: words }),
  established: bare('established'),
  probe: bare('probe'),
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

export const anyStep: fc.Arbitrary<TraceStep> = fc.oneof(...Object.values(steps));

const head = fc.record({
  number: fc.integer({ min: 1, max: 2 ** 40 }),
  at: fc.nat(),
  milliseconds: fc.nat(),
  port: fc.constantFrom(...portKeys),
  role: fc.constantFrom('server', 'client'),
  visitor: hex(8),
  generation: nullable(sha256),
  version: nullable(version),
  state: nullable(is('wait_finished')),
  category: fc.constantFrom(...failureKeys),
  reason: nullable(fc.constantFrom('heartbeat', 'expired')),
  alertSent: nullable(byte),
  alertReceived: nullable(byte),
  bytesReceived: fc.nat(),
  bytesSent: fc.nat(),
  test: fc.boolean(),
  bodySha256: sha256,
});

export const anyAttempt: fc.Arbitrary<AttemptLine> = fc
  .record({ head, steps: nullable(fc.array(anyStep, { maxLength: 20 })), omitted: fc.nat() })
  .map(({ head: { number, ...rest }, steps: told, omitted }) => ({
    format: traceFormat,
    type: 'attempt',
    head: { number, ...rest },
    body: told === null ? null : { format: traceFormat, number, steps: told, omitted },
  }));

export const anyGeneration: fc.Arbitrary<GenerationLine> = fc.record({
  format: is(traceFormat),
  type: is('generation'),
  generation: sha256,
  authority: hex(1, 80),
  leaves: fc.record({ server: hex(1, 80), client: hex(1, 80), website: hex(1, 80) }),
});

export const anyLine: fc.Arbitrary<TraceLine> = fc.oneof({ weight: 5, arbitrary: anyAttempt }, anyGeneration);

/** The line of an attempt that says nothing in particular. */
export const attemptLine = (number: number, steps: readonly TraceStep[] = []): AttemptLine => ({
  format: traceFormat,
  type: 'attempt',
  head: {
    number,
    at: 1_790_000_000_000,
    milliseconds: 12,
    port: 'server',
    role: 'server',
    visitor: '0123456789abcdef',
    generation: '00'.repeat(32),
    version: '1.3',
    state: 'connected',
    category: 'success.short_circuit',
    reason: null,
    alertSent: 0,
    alertReceived: null,
    bytesReceived: 3000,
    bytesSent: 3000,
    test: false,
    bodySha256: 'ff'.repeat(32),
  },
  body: { format: traceFormat, number, steps, omitted: 0 },
});
