import { attack, forger } from '../attack.ts';

/* The bridge from 10002 to 443 that the original survived by luck: its web server was of the same authority. */
export default attack({
  title: 'the website, as if it were the bounty',
  threats: ['X1', 'C17'],
  rfc: 'RFC 5280 §6.1',
  as: 'server',
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(server, kit) {
    await server.hearClientHello();
    server.openFlight();
    server.authenticate({ chain: [await kit.published('website: website')], signer: forger(new Uint8Array(70)) });
  },
});
