import { describe, expect, test } from 'vitest';
import { endpoints } from '../../service/bounty/endpoints.ts';
import type { Outcome } from '../../service/bounty/outcome.ts';
import type { RefusedStatus } from '../../service/site/http-request.ts';
import { portNames } from '../../service/site/view.ts';
import { classify, failureKeys, type LifecycleEvent, portKeys } from '../../service/trace/index.ts';

/* bounty/ knows nothing of trace/: that the two fit together as they stand is held here, by the compiler first. */

const asEvent = (outcome: Outcome): LifecycleEvent => outcome;

const outcomes: { readonly [Type in Outcome['type']]: Extract<Outcome, { type: Type }> } = {
  released: { type: 'released', release: 'short_circuit' },
  fault: { type: 'fault', fault: { kind: 'untrusted', reason: 'certificate_missing', detail: '' } },
  alert_received: { type: 'alert_received', description: 42 },
  probe: { type: 'probe' },
  withheld: { type: 'withheld', reason: 'authority' },
  empty: { type: 'empty' },
  eof: { type: 'eof' },
  reset: { type: 'reset' },
  timeout: { type: 'timeout' },
  byte_budget: { type: 'byte_budget' },
  overloaded: { type: 'overloaded' },
  rate_limited: { type: 'rate_limited' },
  shutdown: { type: 'shutdown' },
  exception: { type: 'exception', error: new Error('a defect') },
};

const refusals: { readonly [Status in RefusedStatus]: `http.${Status}` } = {
  400: 'http.400',
  405: 'http.405',
  408: 'http.408',
  411: 'http.411',
  413: 'http.413',
  414: 'http.414',
  417: 'http.417',
  431: 'http.431',
  501: 'http.501',
  505: 'http.505',
};

describe('an outcome of the bounty', () => {
  test('is an event of the classification as it stands, and each leads to a category of its own', () => {
    const keys = Object.values(outcomes).map((outcome) => classify([asEvent(outcome)]).key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(failureKeys).toContain(key);
  });

  test('the ports have the same names everywhere', () => {
    expect(endpoints.map(({ key }) => key)).toEqual([...portKeys]);
    expect([...portNames]).toEqual([...portKeys]);
  });
});

test.each(Object.entries(refusals))('an answer of %s by the website is in the category %s', (status, key) => {
  expect(classify([{ type: 'http', status: Number(status) }]).key).toBe(key);
});
