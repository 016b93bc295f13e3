import { attack } from '../attack.ts';

/* A clean goodbye in the middle of the handshake: it must not count as an end that leaves anything valid behind. */
export default attack({
  title: 'close_notify in place of CertificateVerify',
  threats: ['S9'],
  rfc: 'RFC 9846 §6.1',
  as: 'client',
  expect: { alert: 'none', category: 'alert.received' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.alert(1, 0);
  },
});
