import { hexToBytes } from '@noble/hashes/utils.js';
import type { ToldRecord } from '../tls/index.ts';
import type { TraceStep } from '../trace/index.ts';

/** The record of a step, its bytes as bytes. */
export function toldRecord(step: Extract<TraceStep, { type: 'record' }>): ToldRecord {
  const { direction, contentType, version, length } = step;
  const outside = { direction, contentType, version, length };
  if ('fragment' in step) return { ...outside, content: { type: 'clear', fragment: hexToBytes(step.fragment) } };
  const { inner } = step;
  if (inner.type !== 'said') return { ...outside, content: inner };
  const said = { ...inner, content: hexToBytes(inner.content), fragment: hexToBytes(inner.fragment) };
  return { ...outside, content: said };
}

/** RFC 9846 §5.1 */
export const headerOf = ({ contentType, version, length }: ToldRecord): Uint8Array =>
  Uint8Array.of(contentType, version >> 8, version & 0xff, length >> 8, length & 0xff);
