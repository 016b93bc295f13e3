import { attack } from '../attack.ts';

/* TLS 1.2 has no certificate_required: a server without interest in the client goes on here. */
export default attack({
  title: 'TLS 1.2: an empty Certificate',
  threats: ['S2'],
  rfc: 'RFC 5246 §7.4.6',
  as: 'client-1.2',
  expect: { alert: 'handshake_failure', category: 'cert.none' },
  async play(client) {
    client.hello();
    await client.serverFlight();
    client.certificate([]);
    client.clientKeyExchange();
    client.changeCipherSpec();
    client.finished();
  },
});
