import { attack } from '../attack.ts';

/* A server must have a certificate; a client alone may have none. */
export default attack({
  title: 'a server without a certificate',
  threats: ['S2'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'server',
  expect: { alert: 'decode_error', category: 'parse.error' },
  async play(server) {
    await server.hearClientHello();
    server.openFlight();
    server.certificate([]);
  },
});
