import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rsaKey } from '../../service/x509/public-key.ts';
import { os2ip } from '../../service/x509/rsa.ts';
import { required } from '../support/required.ts';
import { readTraces, type Trace } from './tls13-vectors.ts';
import { checkTrace } from './trace-check.ts';

const vectors = required.vectors('rfc8448');

/*
 * What of the traces the engine does not do, and why. Their octets are checked all the same, with the key schedule's
 * functions: what is out of scope is only that a session of ours would play them.
 */
const outOfScope: readonly { readonly what: string; readonly why: string }[] = [
  { what: '§4 PSK, binder, 0-RTT, EndOfEarlyData', why: 'there is no resumption: what is absent cannot be attacked' },
  {
    what: '§3 NewSessionTicket and its resumption secret',
    why: 'our client parses tickets and drops them; our server sends none',
  },
  {
    what: '§5 the cookie of the HelloRetryRequest',
    why: 'our client echoes it; our server keeps its state and sends none',
  },
  { what: '§2 private exponent, primes and coefficient', why: 'we verify RSA and never sign with it' },
];

describe.skipIf(vectors.missing)('the traces of RFC 8448, value by value', () => {
  let traces: readonly Trace[] = [];
  const section = (number: number): Trace => {
    const trace = traces.find((candidate) => candidate.section === number);
    if (trace === undefined) throw new Error(`the traces have no §${number}`);
    return trace;
  };

  beforeAll(() => {
    traces = readTraces(join(vectors.path, 'tls13-vectors.txt'));
  });

  test('the whole text was read: 538 octet strings with a length, eight of the RSA key, five salts of zeros', () => {
    const inSteps = traces.flatMap(({ steps }) => steps).reduce((sum, { values }) => sum + values.size, 0);
    expect(inSteps).toBe(538 + 5);
    expect(section(2).values.size).toBe(8);
    expect(traces.map((trace) => trace.section)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(outOfScope.map(({ what }) => what.slice(0, 2))).toEqual(['§4', '§3', '§5', '§2']);
  });

  test.each([
    [3, 'simple 1-RTT', 102, 7],
    [5, 'HelloRetryRequest', 101, 5],
    [6, 'client authentication', 97, 4],
    [7, 'compatibility mode', 96, 6],
  ])('§%i %s: %i octet strings computed, %i given (private keys and payloads)', (number, _, checked, given) => {
    const findings = checkTrace(section(number), undefined);
    expect(findings.differences).toEqual([]);
    expect(findings.untouched).toEqual([]);
    expect([findings.checked, findings.given]).toEqual([checked, given]);
  });

  test('§4 resumed 0-RTT: 117 octet strings computed from the ticket of §3, 8 given', () => {
    const psk = checkTrace(section(3), undefined).resumptionSecret;
    expect(psk).toHaveLength(32);
    const findings = checkTrace(section(4), psk);
    expect(findings.differences).toEqual([]);
    expect(findings.untouched).toEqual([]);
    expect([findings.checked, findings.given]).toEqual([117, 8]);
  });

  test('a change of any one octet string is noticed', () => {
    for (const number of [3, 5, 6, 7]) {
      const trace = section(number);
      const missed = trace.steps.flatMap((step, at) =>
        [...step.values].flatMap(([label, value]) => {
          if (value.length === 0) return [];
          const values = new Map(step.values).set(label, value.with(value.length - 1, (value.at(-1) ?? 0) ^ 1));
          return noticed({ ...trace, steps: trace.steps.with(at, { ...step, values }) })
            ? []
            : [`${step.title}: ${label}`];
        }),
      );
      expect(missed).toEqual([]);
    }
  });

  test('§2: the RSA key of the traces is one that a certificate of ours may not have', () => {
    const { values } = section(2);
    const [modulus, exponent, p, q] = ['modulus', 'public exponent', 'prime1', 'prime2'].map((label) =>
      os2ip(values.get(label) ?? new Uint8Array(0)),
    );
    if (modulus === undefined || exponent === undefined || p === undefined || q === undefined)
      throw new Error('§2 is not whole');
    expect(p * q).toBe(modulus);
    expect(modulus.toString(2)).toHaveLength(1024);
    expect(rsaKey('rsa', modulus, exponent)).toBeUndefined();
  });
});

function noticed(trace: Trace): boolean {
  try {
    const { differences, untouched } = checkTrace(trace, undefined);
    return differences.length > 0 || untouched.length > 0;
  } catch {
    return true;
  }
}
