import { attack } from '../attack.ts';

/* A second handshake inside the first, before and after the keys change. */
export default attack({
  title: 'TLS 1.2: a second ClientHello, HelloRequest',
  threats: ['S12'],
  rfc: 'RFC 5246 §7.4.1',
  as: 'client-1.2',
  variants: { 'second-hello': true, 'hello-request': false },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, _kit, again) {
    client.hello();
    await client.serverFlight();
    if (again) client.hello();
    else client.record(22, Uint8Array.of(0, 0, 0, 0));
  },
});
