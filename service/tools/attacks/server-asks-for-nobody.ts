import { attack } from '../attack.ts';

/* A server that never asks for a certificate gets the key from a client that never proved itself. */
export default attack({
  title: 'a server that does not ask for our certificate',
  threats: ['X1'],
  rfc: 'RFC 9846 §4.3.2',
  as: 'server',
  expect: { alert: 'handshake_failure', category: 'client_auth_not_requested' },
  async play(server, kit) {
    await server.hearClientHello();
    server.openFlight({ request: false });
    server.authenticate(kit.authority().issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] }));
  },
});
