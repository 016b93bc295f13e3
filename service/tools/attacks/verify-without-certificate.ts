import { attack } from '../attack.ts';

/* A signature by a key that belongs to nobody: no Certificate has said whose it would be. */
export default attack({
  title: 'CertificateVerify and Finished, without Certificate',
  threats: ['S1'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    const { signer } = kit.authority().issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] });
    client.certificateVerify(signer);
    client.finished();
  },
});
