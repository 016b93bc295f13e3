import { base64 } from '@scure/base';

/** The textual encoding of a certificate, RFC 7468 §5.1: lines of 64 characters, each ended by a newline. */
export function encodePem(der: Uint8Array): string {
  const lines = base64.encode(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The certificates of a PEM text in their order (RFC 7468 §2, with text around them allowed); undefined if one is not base64. */
export function decodePem(text: string): readonly Uint8Array[] | undefined {
  const certificates: Uint8Array[] = [];
  const begin = '-----BEGIN CERTIFICATE-----';
  const end = '-----END CERTIFICATE-----';
  for (let at = text.indexOf(begin); at !== -1; at = text.indexOf(begin, at)) {
    const close = text.indexOf(end, at);
    if (close === -1) return undefined;
    try {
      certificates.push(base64.decode(text.slice(at + begin.length, close).replace(/\s+/g, '')));
    } catch {
      return undefined;
    }
    at = close + end.length;
  }
  return certificates;
}
