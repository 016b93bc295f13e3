import { attack } from '../attack.ts';

/* Check one, trust the other: a genuine certificate, then ours over it, and a signature by our key. */
export default attack({
  title: 'a second Certificate, over the genuine one',
  threats: ['S14'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.authenticate(kit.authority().issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] }));
  },
});
