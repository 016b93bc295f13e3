import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { signedContent } from '../../service/tls/certificate-verify.ts';
import * as messages from '../../service/tls/handshake-messages.ts';
import type { HandshakeType } from '../../service/tls/handshake-type.ts';
import { HELLO_RETRY_REQUEST_RANDOM } from '../../service/tls/hello-retry-request.ts';
import { equalBytes } from '../../service/tls/hkdf.ts';
import * as schedule from '../../service/tls/key-schedule.ts';
import { type Codec, decode } from '../../service/tls/presentation.ts';
import { ContentType, recordHeader } from '../../service/tls/record.ts';
import { Transcript } from '../../service/tls/transcript.ts';
import { ecPoint } from '../../service/x509/public-key.ts';
import { verifyPss } from '../../service/x509/rsa.ts';
import { verifySignature } from '../../service/x509/signature.ts';
import type { TraceLedger } from './trace-ledger.ts';
import { hashNow, SHA256, type State, secretOf } from './trace-state.ts';

/* Messages */

/** The message decoded and encoded again by the engine's codec. */
function again<T>(type: keyof typeof HandshakeType, codec: Codec<T>, message: Uint8Array): Uint8Array {
  const decoded = decode(codec, message.subarray(4));
  if (!decoded.ok) throw new Error(`${type} of the trace was not decoded: ${JSON.stringify(decoded.fault)}`);
  return messages.handshakeMessage(type, codec, decoded.value);
}

export function construct(ledger: TraceLedger, state: State, name: string): void {
  const message = ledger.peek(name);
  if (message === undefined) throw new Error(`${ledger.step.title} without the message`);
  const { role } = ledger.step;
  switch (name) {
    case 'ClientHello':
      state.hellos++;
      state.pending.client.push(message);
      // The hello of a resumption lacks its binders here: its record holds the whole one, which must begin with this.
      if (message.length < 4 + (((message[2] ?? 0) << 8) | (message[3] ?? 0))) {
        ledger.give(name);
        return;
      }
      ledger.check(name, again('client_hello', messages.clientHello, message));
      if (state.transcript === undefined) state.firstClientHello = message;
      state.transcript = state.transcript?.with(message) ?? Transcript.of(SHA256, message);
      return;
    case 'ServerHello':
      ledger.check(name, again('server_hello', messages.serverHello, message));
      if (equalBytes(message.subarray(6, 38), HELLO_RETRY_REQUEST_RANDOM) && state.firstClientHello !== undefined) {
        state.pending.server.push(message);
        state.transcript = Transcript.afterRetry(SHA256, state.firstClientHello, message);
        return;
      }
      break;
    case 'EncryptedExtensions':
      ledger.check(name, again('encrypted_extensions', messages.encryptedExtensions, message));
      break;
    case 'CertificateRequest':
      ledger.check(name, again('certificate_request', messages.certificateRequest, message));
      break;
    case 'Certificate':
      ledger.check(name, again('certificate', messages.certificate, message));
      state.keys[role] = verifierOf(message);
      break;
    case 'CertificateVerify':
      certificateVerify(ledger, state, message);
      break;
    case 'Finished': {
      const verifyData = schedule.verifyData(SHA256, secretOf(state, `${role.charAt(0)} hs traffic`), hashNow(state));
      ledger.check(name, messages.handshakeMessage('finished', messages.finished(32), verifyData));
      break;
    }
    case 'EndOfEarlyData':
      ledger.check(name, Uint8Array.of(5, 0, 0, 0));
      break;
    case 'NewSessionTicket':
      ledger.check(name, again('new_session_ticket', messages.newSessionTicket, message));
      state.pending[role].push(message);
      return;
    default:
      throw new Error(`a message this test does not know: ${name}`);
  }
  state.pending[role].push(message);
  state.transcript = state.transcript?.with(message);
}

/** Signed by this end, over the transcript so far; under the other end's context it must not verify. */
function certificateVerify(ledger: TraceLedger, state: State, message: Uint8Array): void {
  const { role } = ledger.step;
  const decoded = decode(messages.certificateVerify, message.subarray(4));
  const verify = state.keys[role];
  if (!decoded.ok || verify === undefined) throw new Error('a CertificateVerify without a key');
  const { signature } = decoded.value;
  const reflected = signedContent(role === 'client' ? 'server' : 'client', hashNow(state));
  ledger.holds(
    'CertificateVerify',
    equalBytes(again('certificate_verify', messages.certificateVerify, message), message) &&
      verify(signedContent(role, hashNow(state)), signature) &&
      !verify(reflected, signature),
  );
}

/** The traces' certificates are not ours to accept (RSA with 1024 bits): their keys are taken out of the DER by pattern. */
function verifierOf(certificate: Uint8Array): (content: Uint8Array, signature: Uint8Array) => boolean {
  const text = bytesToHex(certificate);
  const modulus = /30818902818100([0-9a-f]{256})0203010001/.exec(text)?.[1];
  if (modulus !== undefined) {
    const key = { modulus: BigInt(`0x${modulus}`), exponent: 65537n, bits: 1024 };
    return (content, signature) => verifyPss(key, SHA256, content, signature);
  }
  const point = /034200(04[0-9a-f]{128})/.exec(text)?.[1];
  const key = point === undefined ? undefined : ecPoint('P-256', hexToBytes(point));
  if (key === undefined) throw new Error('a certificate of the trace has a key this test does not know');
  return (content, signature) => verifySignature(key, { type: 'ecdsa', hash: SHA256 }, content, signature);
}

/* Records */

const contentTypes: Readonly<Record<string, ContentType>> = {
  handshake: ContentType.handshake,
  application_data: ContentType.application_data,
  alert: ContentType.alert,
  change_cipher_spec: ContentType.change_cipher_spec,
};

export function send(ledger: TraceLedger, state: State, kind: string): void {
  const { role } = ledger.step;
  const type = contentTypes[kind];
  const payload = ledger.peek('payload');
  const record = ledger.peek('complete record');
  if (type === undefined || payload === undefined || record === undefined)
    throw new Error(`a record without octets: ${kind}`);
  if (kind === 'handshake') ledger.check('payload', sentMessages(ledger, state, payload));
  else ledger.give('payload');
  const protection = type === ContentType.change_cipher_spec ? undefined : state.writing[role];
  if (protection === undefined) {
    const firstHello = role === 'client' && kind === 'handshake' && state.hellos === 1;
    ledger.check(
      'complete record',
      concatBytes(recordHeader(type, payload.length, firstHello ? 0x0301 : 0x0303), payload),
    );
    return;
  }
  ledger.check('complete record', protection.seal(type, payload, 0));
  const reading = state.reading[role];
  const opened = reading?.open({
    type: ContentType.application_data,
    header: record.slice(0, 5),
    fragment: record.slice(5),
  });
  if (opened?.ok !== true || opened.value.type !== type || !equalBytes(opened.value.content, payload)) {
    ledger.differences.push(`a record of the ${role} does not open to its payload`);
  }
}

function sentMessages(ledger: TraceLedger, state: State, payload: Uint8Array): Uint8Array {
  const pending = state.pending[ledger.step.role];
  const together = concatBytes(...pending.splice(0));
  // The binders of a resumption are only in the record: the hello is whole here, and enters the transcript.
  if (ledger.step.role === 'client' && state.transcript === undefined) {
    state.transcript = Transcript.of(SHA256, payload);
    return equalBytes(payload.subarray(0, together.length), together)
      ? again('client_hello', messages.clientHello, payload)
      : together;
  }
  return together;
}
