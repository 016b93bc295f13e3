import { attack } from '../attack.ts';

/* We are the server now, and say so by a certificate of our own. */
export default attack({
  title: 'a server of our own authority',
  threats: ['C1'],
  rfc: 'RFC 5280 §6.1',
  as: 'server',
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(server, kit) {
    await server.shakeHands(kit.authority().issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] }));
  },
});
