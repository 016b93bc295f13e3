import { attack } from '../attack.ts';

/* The certificate is on the page, and its key nowhere: we sign with our own. */
export default attack({
  title: 'a genuine certificate, and a signature by our own key',
  threats: ['G6'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.certificateVerify(
      kit.authority().issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] }).signer,
    );
    client.finished();
  },
});
