import { describe, expect, it } from 'vitest';
import {
  type Certificate,
  decodeCertificate,
  type RefusalReason,
  refusalReasons,
  validatePath,
} from '../../service/x509/index.ts';
import { dnsName } from './certificate-builder.ts';
import { caDer, constrained, genuine, type Provocation, request } from './refusal-world.ts';
import { ofCertificates } from './refusals-of-certificates.ts';
import { ofPaths } from './refusals-of-paths.ts';

/*
 * Every reason there is, provoked by certificates made for it: each entry names what is wrong with the first of them, the
 * rest of it being right. The record is total by its type, so that no reason can be added without a test.
 */

const provocations: Record<RefusalReason, readonly Provocation[]> = { ...ofCertificates, ...ofPaths };

/** Decodes the chain as a peer would have sent it, then validates: the first refusal, and whom it blames. */
function refusalOf({
  chain,
  request: change = {},
}: Provocation): { reason: RefusalReason; certificate: number } | undefined {
  const certificates: Certificate[] = [];
  for (const [certificate, entry] of chain.entries()) {
    const result = entry instanceof Uint8Array ? decodeCertificate(entry) : { ok: true as const, value: entry };
    if (!result.ok) return { reason: result.fault.reason, certificate };
    certificates.push(result.value);
  }
  const result = validatePath(certificates, { ...request, ...change });
  return result.ok ? undefined : { reason: result.fault.reason, certificate: result.fault.certificate };
}

it('accepts what nothing is wrong with', () => {
  expect(refusalOf({ what: 'nothing', chain: [genuine] })).toBeUndefined();
  expect(refusalOf({ what: 'the anchor beside it', chain: [genuine, caDer] })).toBeUndefined();
  expect(
    refusalOf({ what: 'a constraint that holds', chain: [genuine], request: constrained([dnsName('pinata.test')]) }),
  ).toBeUndefined();
});

describe.each(refusalReasons)('%s', (reason) => {
  it.each(provocations[reason])('$what', (provocation) => {
    expect(refusalOf(provocation)).toEqual({ reason, certificate: provocation.certificate ?? 0 });
  });
});
