import type { Version } from './contract.ts';
import { certificate } from './handshake-messages.ts';
import { certificate12 } from './handshake-messages-12.ts';
import { HandshakeType } from './handshake-type.ts';
import { decode } from './presentation.ts';

/**
 * The certificates of the first Certificate message (RFC 9846 §4.4.2, RFC 5246 §7.4.2) in the handshake messages of a peer,
 * one after the other as they came; none where there is no such message, or where it is cut or malformed. They may be no DER.
 */
export function shownCertificates(messages: Uint8Array, version: Version): readonly Uint8Array[] {
  for (let at = 0; at + headerLength <= messages.length; ) {
    const [type = 0, high = 0, middle = 0, low = 0] = messages.subarray(at, at + headerLength);
    const end = at + headerLength + high * 0x10000 + middle * 0x100 + low;
    if (type === HandshakeType.certificate && end <= messages.length) {
      return certificatesIn(messages.subarray(at + headerLength, end), version);
    }
    at = end;
  }
  return [];
}

const headerLength = 4;

function certificatesIn(body: Uint8Array, version: Version): readonly Uint8Array[] {
  if (version === '1.2') {
    const list = decode(certificate12, body);
    return list.ok === true ? list.value : [];
  }
  const message = decode(certificate, body);
  return message.ok === true ? message.value.certificateList.map(({ certData }) => certData) : [];
}
