import { hexToBytes } from '@noble/hashes/utils.js';
import { shownCertificates } from '../tls/index.ts';
import type { AttemptHead, FailureKey, TraceStep } from '../trace/index.ts';
import { joined } from './trace-segments.ts';

/* What the guest book and the gallery of certificates take from the body of an attempt. */

export interface Finds {
  /** Hex. */
  readonly greeting: string | undefined;
  readonly certificate: { readonly der: Uint8Array; readonly detail: string } | undefined;
}

const nothing: Finds = { greeting: undefined, certificate: undefined };

export const findsIn = (
  { category, version }: Pick<AttemptHead, 'category' | 'version'>,
  steps: readonly TraceStep[],
): Finds => {
  if (isGreeting(category)) return { ...nothing, greeting: greeting(steps) };
  if (refusesCertificate(category)) return { ...nothing, certificate: refused(steps, version ?? '1.3') };
  return nothing;
};

/** Whether the body of such an attempt holds anything of this: nobody need read the others. */
export const mayHoldFinds = (category: FailureKey): boolean => isGreeting(category) || refusesCertificate(category);

const longestGreeting = 256;

const isGreeting = (category: FailureKey): boolean =>
  category === 'record.not_tls' || category === 'record.unknown_version';

/** Where not even the first bytes were a record. */
function greeting(steps: readonly TraceStep[]): string | undefined {
  if (steps.some((step) => step.type === 'record' && step.direction === 'received')) return undefined;
  const rest = steps.find((step) => step.type === 'rest');
  const bytes = rest?.bytes.slice(0, 2 * longestGreeting) ?? '';
  return bytes === '' ? undefined : bytes;
}

const refusals: readonly FailureKey[] = [
  'asn1.rejected',
  'cert.wrong_role',
  'sni.mismatch',
  'reflection',
  'sig.invalid',
];
const refusesCertificate = (category: FailureKey): boolean =>
  category.startsWith('x509.') || refusals.includes(category);

/** The certificate that the fault is about, or else the peer's own. */
function refused(steps: readonly TraceStep[], version: '1.2' | '1.3'): Finds['certificate'] {
  const fault = steps.find((step) => step.type === 'fault')?.fault;
  if (fault === undefined) return undefined;
  const shown = shownCertificates(handshakeOfPeer(steps), version);
  const der = shown[fault.kind === 'refused' ? fault.certificate : 0];
  return der === undefined ? undefined : { der, detail: fault.detail };
}

const handshake = 22;

/** The peer's handshake messages, as far as they were recorded. */
function handshakeOfPeer(steps: readonly TraceStep[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const step of steps) {
    if (step.type !== 'record' || step.direction !== 'received') continue;
    if ('fragment' in step) {
      if (step.contentType === handshake) parts.push(hexToBytes(step.fragment));
    } else if (step.inner.type === 'said' && step.inner.contentType === handshake) {
      parts.push(hexToBytes(step.inner.content));
    }
  }
  return joined(parts);
}
