import { attack } from '../attack.ts';

/* SLOTH wants a client that signs what we choose. Ours signs last, and nothing before it has seen who asks. */
export default attack({
  title: 'make the client sign, before it has seen who asks',
  threats: ['X9'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'server',
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(server, kit) {
    await server.hearClientHello();
    server.openFlight();
    const { chain } = kit.authority().issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] });
    server.certificate(chain);
    kit.note('and now it would have to sign');
  },
});
