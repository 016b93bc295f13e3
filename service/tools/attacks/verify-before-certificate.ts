import { attack } from '../attack.ts';

/* The right messages in the wrong order: a check that looks only whether both were there would pass. */
export default attack({
  title: 'CertificateVerify before Certificate',
  threats: ['S1'],
  rfc: 'RFC 9846 §4.4',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificateVerify(
      kit.authority().issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] }).signer,
    );
    client.certificate([await kit.published('bounty: client')]);
    client.finished();
  },
});
