import { type Result, success } from '../x509/index.ts';
import { encodeCertificate } from './certificate-message.ts';
import { chooseSigner, signCertificateVerify } from './certificate-verify.ts';
import type { ClientContext } from './client.ts';
import type { Fault } from './fault.ts';
import { verifyFinished } from './finished.ts';
import { certificate, certificateVerify, finished, handshakeMessage } from './handshake-messages.ts';
import type { HandshakeName } from './handshake-type.ts';
import { hashLength } from './hkdf.ts';
import { applicationTrafficSecrets0, exporterMainSecret, verifyData } from './key-schedule.ts';
import { decode } from './presentation.ts';
import { RecordProtection13 } from './record-protection.ts';
import type { ClientStates, Handled, HandshakeMessage, Output } from './states.ts';
import type { Transcript } from './transcript.ts';
import { provenPeer } from './unverified-peer.ts';

/** §4.4.4: the server's Finished; then our own flight, and the keys of the application. */
export function takeFinished(
  state: ClientStates['wait_finished'],
  message: HandshakeMessage,
  context: ClientContext,
): Handled<ClientStates['connected']> {
  const { suite, secrets, mainSecret: main, requested, applicationProtocol } = state;
  const decoded = decode(finished(hashLength(suite.hash)), message.body);
  if (decoded.ok !== true) return decoded;
  const proof = verifyFinished(suite.hash, secrets.server, state.transcript.hash(), decoded.value);
  if (proof.ok !== true) return proof;
  let transcript = state.transcript.with(message.bytes);
  const serverFinishedHash = transcript.hash();
  const application = applicationTrafficSecrets0(suite.hash, main, serverFinishedHash);
  const exporter = exporterMainSecret(suite.hash, main, serverFinishedHash);
  main.fill(0);

  const flight: Output[] = [
    {
      kind: 'event',
      event: { type: 'transcript', point: 'server_finished', direction: 'verified', hash: serverFinishedHash },
    },
    { kind: 'openWith', protection: new RecordProtection13(suite, application.server) },
  ];
  const say = (name: HandshakeName, bytes: Uint8Array): void => {
    transcript = transcript.with(bytes);
    flight.push({ kind: 'message', name, bytes });
  };
  const shown =
    requested === undefined
      ? success(false)
      : showCertificate(requested.signatureSchemes, context, () => transcript, say);
  if (shown.ok !== true) return shown;
  const data = verifyData(suite.hash, secrets.client, transcript.hash());
  say('finished', handshakeMessage('finished', finished(data.length), data));
  secrets.client.fill(0);
  secrets.server.fill(0);
  const clientFinishedHash = transcript.hash();
  flight.push(
    {
      kind: 'event',
      event: { type: 'transcript', point: 'client_finished', direction: 'sent', hash: clientFinishedHash },
    },
    { kind: 'sealWith', protection: new RecordProtection13(suite, application.client) },
    { kind: 'event', event: { type: 'established' } },
  );
  const peer = provenPeer(state.certificate, proof.value, {
    role: 'server',
    mutual: shown.value,
    applicationProtocol,
  });
  return success({
    state: {
      name: 'connected',
      suite,
      exporterMainSecret: exporter,
      serverFinishedHash,
      clientFinishedHash,
      peer,
      tickets: 0,
    },
    outputs: flight,
  });
}

/** §4.4.2, §4.4.3: our certificate where one is asked for, an empty one where we have none. True once a key of ours has signed. */
function showCertificate(
  schemes: readonly number[],
  { config, parameters, ownSecrets }: ClientContext,
  transcript: () => Transcript,
  say: (name: HandshakeName, bytes: Uint8Array) => void,
): Result<boolean, Fault> {
  if (config.certifiedKey === undefined) {
    say('certificate', handshakeMessage('certificate', certificate, encodeCertificate(undefined)));
    return success(false);
  }
  const signer = chooseSigner([config.certifiedKey], parameters.signatureSchemes, schemes);
  if (signer.ok !== true) return signer;
  say('certificate', handshakeMessage('certificate', certificate, encodeCertificate(config.certifiedKey)));
  const signature = signCertificateVerify('client', signer.value, transcript().hash(), ownSecrets);
  say('certificate_verify', handshakeMessage('certificate_verify', certificateVerify, signature));
  return success(true);
}
