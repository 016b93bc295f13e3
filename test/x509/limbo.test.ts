import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Certificate,
  decodeCertificate,
  decodePem,
  type PathRequest,
  validatePath,
} from '../../service/x509/index.ts';
import { required } from '../support/required.ts';
import { outOfScope } from './limbo-scope.ts';

/*
 * x509-limbo (C2SP), all of it. A case asks more widely than our contract, and is put to it like this: of several anchors
 * each is tried alone; the purpose is the case's, serverAuth where it names none; a role is not asked for; what does not
 * decode among the intermediates is left out, as a stack does that cannot use it, and a leaf or an anchor that does not
 * decode is refused; mail addresses, which are no names of ours, are not looked for.
 */

const limbo = required.vectors('limbo');
const file = join(limbo.path, 'limbo.json');

interface PeerName {
  readonly kind: 'DNS' | 'IP' | 'RFC822';
  readonly value: string;
}

interface TestCase {
  readonly id: string;
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_peer_name: PeerName | null;
  readonly extended_key_usage: readonly string[];
  readonly max_chain_depth: number | null;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
}

const testcases: readonly TestCase[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testcases : [];

/** Where a case does not say when: all of its certificates are valid on this day or on none. */
const someDay = Date.parse('2026-06-01T00:00:00Z') / 1000;

function decode(pem: string): ReturnType<typeof decodeCertificate> {
  const [der] = decodePem(pem) ?? [];
  return decodeCertificate(der ?? new Uint8Array());
}

function verdict(testcase: TestCase): { accepted: boolean; reasons: readonly string[] } {
  const leaf = decode(testcase.peer_certificate);
  if (!leaf.ok) return { accepted: false, reasons: [leaf.fault.reason] };
  const intermediates = testcase.untrusted_intermediates.map(decode).filter((result) => result.ok);
  const chain: readonly Certificate[] = [leaf.value, ...intermediates.map((result) => result.value)];
  const reasons = testcase.trusted_certs.map((pem) => {
    const anchor = decode(pem);
    if (!anchor.ok) return anchor.fault.reason;
    const result = validatePath(chain, requestOf(testcase, anchor.value));
    return result.ok ? 'accepted' : result.fault.reason;
  });
  return { accepted: reasons.includes('accepted'), reasons };
}

function requestOf(testcase: TestCase, anchor: Certificate): PathRequest {
  const { expected_peer_name: name, max_chain_depth: depth, validation_time: time } = testcase;
  return {
    anchor,
    now: time === null ? someDay : Date.parse(time) / 1000,
    purpose: testcase.extended_key_usage.includes('clientAuth') ? 'clientAuth' : 'serverAuth',
    ...(name?.kind === 'DNS' ? { dnsName: name.value } : {}),
    ...(name?.kind === 'IP' ? { ipAddress: name.value } : {}),
    ...(depth === null ? {} : { maxPathLength: depth }),
  };
}

const scope = new Map(
  outOfScope.flatMap(({ cases, verdict, why }) => cases.map((id) => [id, { verdict, why }] as const)),
);

describe.skipIf(limbo.missing)('x509-limbo', () => {
  it.each(testcases.filter(({ id }) => !scope.has(id)))('$id: $expected_result', (testcase) => {
    const { accepted, reasons } = verdict(testcase);
    expect({ accepted, reasons }).toEqual({ accepted: testcase.expected_result === 'SUCCESS', reasons });
  });

  it.each(testcases.filter(({ id }) => scope.has(id)))('$id: $expected_result, out of scope', (testcase) => {
    const entry = scope.get(testcase.id);
    const said = verdict(testcase).accepted ? 'accepted' : 'refused';
    expect(said).toBe(entry?.verdict);
    // a case that the corpus decides as we do has no place in the table
    expect(said === 'accepted').not.toBe(testcase.expected_result === 'SUCCESS');
  });

  it('has the counts of docs/x509.md', () => {
    const counts = { right: 0, wronglyAccepted: 0, wronglyRefused: 0 };
    for (const testcase of testcases) {
      const { accepted } = verdict(testcase);
      if (accepted === (testcase.expected_result === 'SUCCESS')) counts.right++;
      else if (accepted) counts.wronglyAccepted++;
      else counts.wronglyRefused++;
    }
    expect(testcases).toHaveLength(208);
    expect(counts).toEqual({ right: 176, wronglyAccepted: 21, wronglyRefused: 11 });
  });

  it('names no case twice, and none that is not there', () => {
    const named = outOfScope.flatMap(({ cases }) => cases);
    expect(new Set(named).size).toBe(named.length);
    const ids = new Set(testcases.map(({ id }) => id));
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('wrongly accepts nothing that RFC 5280 forbids', () => {
    const accepted = outOfScope.flatMap(({ cases, verdict }) => (verdict === 'accepted' ? cases : []));
    expect(accepted.filter((id) => !/^(?:webpki|crl)::/.test(id))).toEqual([]);
  });
});
