import { attack } from '../attack.ts';

/* TLS 1.3 has no renegotiation: whoever was authenticated in the first handshake must not be replaced in a second. */
export default attack({
  title: 'HelloRequest, and a second ClientHello',
  threats: ['S12'],
  rfc: 'RFC 9846 §4.1.2',
  as: 'client',
  variants: { 'hello-request': false, 'second-hello': true },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, _kit, again) {
    if (again) {
      client.hello();
      await client.serverFlight();
      client.hello();
    } else {
      client.say(Uint8Array.of(0, 0, 0, 0));
    }
  },
});
