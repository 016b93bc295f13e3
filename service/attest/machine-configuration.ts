import { utf8ToBytes } from '@noble/hashes/utils.js';
import { isRefundHeight, type NetworkName, networkNames, readRefundKey, refundHeights } from '../bitcoin/index.ts';

/*
 * What an operator may choose of a measured image, and nothing else (attestation.md, decisions): it is public, and stands in
 * PCR 8. All else is in the image, which has one PCR 4 for everybody.
 */

export interface MachineConfiguration {
  readonly network: NetworkName;
  /** Of the operator, x-only, as hex in lower case: who may spend from `lockHeight` on. */
  readonly refundKey: string;
  readonly lockHeight: number;
  /** Under which the machine is reached: a DNS name in lower case, or an IPv4 address. */
  readonly name: string;
}

/** What is wrong with a text that is no configuration: which key, what was given, and what is allowed. */
export interface ConfigurationFault {
  readonly fault: string;
}

const keys = ['network', 'refundKey', 'lockHeight', 'name'] as const satisfies readonly (keyof MachineConfiguration)[];
/** Longer than any configuration with blanks between its words. */
export const longestConfiguration = 2048;

/** Any JSON of exactly these keys. Never throws: whoever wrote it is not the one who reads the message of the console first. */
export function readMachineConfiguration(text: string): MachineConfiguration | ConfigurationFault {
  if (text.length > longestConfiguration) return fault(`${text.length} characters`, `at most ${longestConfiguration}`);
  const value = parsed(text);
  if (value === undefined) return fault('no JSON object', `{${keys.map((key) => `"${key}": ...`).join(', ')}}`);
  const strange = Object.keys(value).filter((key) => !keys.some((known) => known === key));
  if (strange.length > 0) return fault(`key ${strange.map((key) => JSON.stringify(key)).join(', ')}`, keys.join(', '));
  const { network, refundKey, lockHeight, name } = value;
  const chosen = networkNames.find((candidate) => candidate === network);
  if (chosen === undefined) return fault(`network: ${shown(network)}`, networkNames.join(', '));
  const refund = typeof refundKey === 'string' ? readRefundKey(refundKey) : 'not_hex';
  if (typeof refund === 'string') {
    return fault(`refundKey: ${shown(refundKey)}`, 'a public key of secp256k1, compressed or x-only, as hex');
  }
  if (typeof lockHeight !== 'number' || !isRefundHeight(lockHeight)) {
    return fault(
      `lockHeight: ${shown(lockHeight)}`,
      `a whole number from ${refundHeights.least} to ${refundHeights.most}`,
    );
  }
  if (typeof name !== 'string' || !isName(name)) {
    return fault(`name: ${shown(name)}`, 'a DNS name in lower case, or an IPv4 address');
  }
  return { network: chosen, refundKey: refund.publicKey, lockHeight, name };
}

/** One text for each configuration: no blanks, these keys in this order, LF at the end. Its hash goes into PCR 8. */
export const canonicalConfiguration = ({ network, refundKey, lockHeight, name }: MachineConfiguration): Uint8Array =>
  utf8ToBytes(`${JSON.stringify({ network, refundKey, lockHeight, name })}\n`);

const fault = (given: string, allowed: string): ConfigurationFault => ({
  fault: `${given} is not allowed; allowed: ${allowed}`,
});

/** What is shown of it goes to a console: not all of a long one. */
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100);

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 1035 §2.3.1 labels, or four numbers: the image speaks IPv4 alone. */
function isName(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  if (/^[0-9.]+$/.test(text)) return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
  return text.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}
