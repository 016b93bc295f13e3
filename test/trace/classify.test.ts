import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fault, faultReasons } from '../../service/tls/index.ts';
import {
  begin,
  type Classification,
  type ConnectionEvent,
  classify,
  conclude,
  failureKey,
  failureKeys,
  observe,
  portKeys,
} from '../../service/trace/index.ts';

const opened = (port: (typeof portKeys)[number]): ConnectionEvent => ({ type: 'opened', port, role: 'server' });
const received = (description: number): ConnectionEvent => ({
  type: 'alert',
  direction: 'received',
  level: description === 90 || description === 0 ? 1 : 2,
  description,
});
const fault = (reason: (typeof faultReasons)[number]): ConnectionEvent => ({
  type: 'fault',
  fault: { kind: 'misbehaved', reason, detail: '' } as Fault,
});
const established: ConnectionEvent = { type: 'established' };
const eof: ConnectionEvent = { type: 'eof' };
const http = (status: number): ConnectionEvent => ({ type: 'http', status });
const key = (...events: ConnectionEvent[]) => classify(events).key;

describe('one event decides', () => {
  test.each(faultReasons)('fault %s', (reason) => {
    expect(classify([opened('server'), fault(reason), eof])).toEqual({
      key: failureKey(reason),
      reason,
      alert: undefined,
    });
  });

  test.each([
    [{ type: 'released', release: 'short_circuit' }, 'success.short_circuit'],
    [{ type: 'released', release: 'test_credentials' }, 'success.test'],
    [{ type: 'released', release: 'breach' }, 'breach'],
    [{ type: 'alert_received', description: 42 }, 'alert.received'],
    [{ type: 'probe' }, 'probe'],
    [{ type: 'withheld', reason: 'authority' }, 'withheld'],
    [{ type: 'rate_limited' }, 'rate_limited'],
    [{ type: 'overloaded' }, 'limit.sessions'],
    [{ type: 'byte_budget' }, 'limit.bytes'],
    [{ type: 'empty' }, 'empty'],
    [{ type: 'eof' }, 'eof'],
    [{ type: 'reset' }, 'aborted'],
    [{ type: 'timeout' }, 'timeout'],
    [{ type: 'shutdown' }, 'shutdown'],
    [{ type: 'exception' }, 'internal.exception'],
    [{ type: 'dialback', outcome: 'triggered' }, 'dialback.triggered'],
    [{ type: 'dialback', outcome: 'blocked' }, 'connectback.blocked'],
    [{ type: 'dialback', outcome: 'rate_limited' }, 'rate_limited'],
    [{ type: 'dialback', outcome: 'refused' }, 'connectback.refused'],
    [{ type: 'dialback', outcome: 'timeout' }, 'connectback.timeout'],
  ] satisfies [ConnectionEvent, string][])('%o', (event, expected) => {
    expect(key(opened('server'), event)).toBe(expected);
  });

  test('and with none at all it was aborted', () => {
    expect(conclude(begin())).toEqual({ key: 'aborted', reason: undefined, alert: undefined });
  });
});

describe('of several', () => {
  test('a release is final whatever follows (V5)', () => {
    const release: ConnectionEvent = { type: 'released', release: 'breach' };
    expect(key(opened('server'), established, release, received(48), fault('bad_record_mac'), { type: 'reset' })).toBe(
      'breach',
    );
    expect(key(opened('server'), release, { type: 'probe' }, { type: 'exception' })).toBe('breach');
    expect(key(opened('server'), release, { type: 'released', release: 'short_circuit' })).toBe('breach');
  });

  test('the first verdict stands', () => {
    expect(key(fault('heartbeat'), fault('malformed'), received(10))).toBe('heartbeat');
    expect(classify([received(48), fault('malformed')])).toEqual({
      key: 'alert.received',
      reason: undefined,
      alert: 48,
    });
  });

  test('a probe is one although it presents no certificate', () => {
    expect(key(opened('server'), fault('certificate_missing'), { type: 'probe' })).toBe('probe');
  });

  test('an alert of ours is no verdict', () => {
    expect(
      key(opened('server'), { type: 'alert', direction: 'sent', level: 1, description: 0 }, { type: 'timeout' }),
    ).toBe('timeout');
  });

  test('user_canceled says more than the FIN behind it, and less than a verdict', () => {
    expect(classify([received(90), eof])).toEqual({ key: 'alert.received', reason: undefined, alert: 90 });
    expect(key(received(90), fault('heartbeat'), eof)).toBe('heartbeat');
  });
});

describe('the website', () => {
  test('a page, whatever the transport does afterwards', () => {
    expect(key(opened('http'), http(200), { type: 'timeout' })).toBe('website.page');
    expect(key(opened('https'), established, http(304), received(0), { type: 'reset' })).toBe('website.page');
    expect(key(opened('https'), established, http(200), received(80))).toBe('website.page');
  });

  test('the first error of a connection is its category', () => {
    expect(key(opened('http'), http(200), http(404), http(200), http(400))).toBe('http.404');
    expect(key(opened('http'), http(418))).toBe('http.other');
  });

  test('a handshake without a request', () => {
    expect(key(opened('https'), established, received(0), eof)).toBe('website.handshake');
    expect(key(opened('https'), established, { type: 'timeout' })).toBe('website.handshake');
  });

  test('an alert in place of a request, and a fault behind an answer, are counted', () => {
    expect(key(opened('https'), established, received(46), eof)).toBe('alert.received');
    expect(key(opened('https'), established, http(200), fault('heartbeat'))).toBe('heartbeat');
  });

  test('close_notify within the handshake is an alert received', () => {
    expect(key(opened('https'), received(0), eof)).toBe('alert.received');
  });

  test('an established bounty connection without a release is none of the website', () => {
    for (const port of ['server', 'dialback', 'reverse'] as const)
      expect(key(opened(port), established, eof)).toBe('withheld');
  });
});

/* Any sequence of events, in any order, sense or none. */

const byte = fc.integer({ min: 0, max: 255 });
const direction = fc.constantFrom('received' as const, 'sent' as const);
const bytes = fc.uint8Array({ maxLength: 4 });
const anyFault = fc.constantFrom(...faultReasons).map(fault);
const anyEvent: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  anyFault,
  fc.constantFrom(...portKeys).map(opened),
  fc.integer({ min: 100, max: 599 }).map(http),
  fc
    .constantFrom('short_circuit' as const, 'test_credentials' as const, 'breach' as const)
    .map((release) => ({ type: 'released' as const, release })),
  fc
    .constantFrom(
      'triggered' as const,
      'blocked' as const,
      'rate_limited' as const,
      'refused' as const,
      'timeout' as const,
    )
    .map((outcome) => ({ type: 'dialback' as const, outcome })),
  fc.constantFrom<ConnectionEvent>(
    { type: 'probe' },
    { type: 'withheld', reason: 'path' },
    { type: 'rate_limited' },
    { type: 'overloaded' },
    { type: 'empty' },
    { type: 'eof' },
    { type: 'reset' },
    { type: 'timeout' },
    { type: 'byte_budget' },
    { type: 'shutdown' },
    { type: 'finished' },
    { type: 'exception' },
    { type: 'established' },
  ),
  byte.map((description) => ({ type: 'alert_received' as const, description })),
  fc.record({ type: fc.constant('alert' as const), direction, level: byte, description: byte }),
  fc.record({
    type: fc.constant('record' as const),
    direction,
    contentType: byte,
    version: fc.nat(0xffff),
    length: byte,
    encrypted: fc.constant(false as const),
    fragment: bytes,
  }),
  fc.record({ type: fc.constant('handshake' as const), direction, message: fc.string(), bytes }),
  fc.record({ type: fc.constant('change_cipher_spec' as const), direction }),
  fc.record({ type: fc.constant('client_random' as const), random: bytes }),
  fc.record({ type: fc.constant('application_data' as const), direction, length: byte }),
  fc.record({ type: fc.constant('state' as const), state: fc.string() }),
  fc.record({ type: fc.constant('closed' as const), direction }),
);
const anyLife = fc.array(anyEvent, { maxLength: 40 });
const isRelease = (event: ConnectionEvent) => event.type === 'released';

describe('any sequence of events', () => {
  test('is in exactly one category of the table', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        const { key: category, reason } = classify(events);
        expect(failureKeys.filter((candidate) => candidate === category)).toHaveLength(1);
        if (reason !== undefined) expect(failureKey(reason)).toBe(category);
      }),
    );
  });

  test('is not changed by what follows a release', () => {
    fc.assert(
      fc.property(anyLife, anyLife, (before, after) => {
        const release: ConnectionEvent = { type: 'released', release: 'breach' };
        const life = [...before.filter((event) => !isRelease(event)), release];
        expect(classify([...life, ...after])).toEqual<Classification>({
          key: 'breach',
          reason: undefined,
          alert: undefined,
        });
      }),
    );
  });

  test('holds a state of constant size that is never written to', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        let observed = Object.freeze(begin());
        const fields = Object.keys(observed);
        for (const event of events) {
          observed = Object.freeze(
            observed.verdict === undefined
              ? observe(observed, event)
              : observe({ ...observed, verdict: Object.freeze(observed.verdict) }, event),
          );
          expect(Object.keys(observed)).toEqual(fields);
        }
        expect(conclude(observed)).toEqual(classify(events));
      }),
    );
  });

  test('is a release only if there was one: nobody fakes a breach, nobody hides one', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        const released = ['success.short_circuit', 'success.test', 'breach'].includes(classify(events).key);
        expect(released).toBe(events.some(isRelease));
      }),
    );
  });
});
