import { attack } from '../attack.ts';

/* SMACK in TLS 1.2, where it was found: from ClientKeyExchange straight to ChangeCipherSpec. */
export default attack({
  title: 'TLS 1.2: a genuine Certificate, and no CertificateVerify',
  threats: ['S1'],
  rfc: 'RFC 5246 §7.4.8',
  as: 'client-1.2',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.clientKeyExchange();
    client.changeCipherSpec();
    client.finished();
  },
});
