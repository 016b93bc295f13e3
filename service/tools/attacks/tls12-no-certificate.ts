import { attack } from '../attack.ts';

/* The request for a certificate is passed over in silence. */
export default attack({
  title: 'TLS 1.2: no Certificate at all',
  threats: ['S1'],
  rfc: 'RFC 5246 §7.4.6',
  as: 'client-1.2',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client) {
    client.hello();
    await client.serverFlight();
    client.clientKeyExchange();
    client.changeCipherSpec();
    client.finished();
  },
});
