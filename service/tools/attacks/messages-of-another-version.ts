import { attack } from '../attack.ts';

/* Messages that only TLS 1.2, or only a server, or only 0-RTT knows: each must be as unexpected as noise. */
export default attack({
  title: 'ClientKeyExchange, EndOfEarlyData, ServerHello, in TLS 1.3',
  threats: ['S13'],
  rfc: 'RFC 9846 §4',
  as: 'client',
  variants: {
    'client-key-exchange': Uint8Array.of(16, 0, 0, 2, 0, 0),
    'end-of-early-data': Uint8Array.of(5, 0, 0, 0),
    'server-hello-done': Uint8Array.of(14, 0, 0, 0),
    'server-hello': Uint8Array.of(2, 0, 0, 1, 0),
  },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, _kit, message) {
    client.hello();
    await client.serverFlight();
    client.say(message);
  },
});
