import { attack } from '../attack.ts';
import { signedContent } from '../rogue/identity.ts';

/* The context string of TLS 1.3 exists so that a signature of one version is none of the other. */
export default attack({
  title: 'TLS 1.2: a CertificateVerify as TLS 1.3 would sign it',
  threats: ['G8', 'S13'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client-1.2',
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.clientKeyExchange();
    client.certificateVerify(signer, {
      content: signedContent('TLS 1.3, client CertificateVerify', client.transcriptHash()),
    });
    client.changeCipherSpec();
    client.finished();
  },
});
