import { attack } from '../attack.ts';

/* What was verified must be what is trusted: another certificate, or another signature, after the one that was right. */
export default attack({
  title: 'another Certificate or CertificateVerify, after a genuine one',
  threats: ['S14'],
  rfc: 'RFC 9846 §4.4',
  as: 'client',
  variants: { certificate: false, signature: true },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit, signature) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.certificateVerify(signer);
    if (signature) client.certificateVerify(signer);
    else client.certificate([await kit.published('bounty: client')]);
    client.finished();
  },
});
