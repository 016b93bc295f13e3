import { attack } from '../attack.ts';

/* Everything has been proved but that the handshake was not tampered with: Finished is left out, and data comes in its place. */
export default attack({
  title: 'application data in place of Finished, after a genuine CertificateVerify',
  threats: ['S4'],
  rfc: 'RFC 9846 §4.4.4',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'application_data.early' },
  async play(client, kit) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.certificateVerify(signer);
    client.data(Uint8Array.of(1));
    client.finished();
  },
});
