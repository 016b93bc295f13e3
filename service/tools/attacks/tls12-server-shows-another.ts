import { attack } from '../attack.ts';

/* Who we are is for the client to ask. None of these is the bounty's server. */
export default attack({
  title: "TLS 1.2: a server with somebody else's certificate",
  threats: ['X1', 'X3', 'X4', 'C17'],
  rfc: 'RFC 5280 §4.2.1.12',
  as: 'server-1.2',
  variants: {
    'our-own-authority': { alert: 'unknown_ca', category: 'x509.no_anchor' },
    'the-website': { shown: 'website: website', alert: 'unknown_ca', category: 'x509.no_anchor' },
    'the-client-itself': { shown: 'bounty: client', alert: 'bad_certificate', category: 'reflection' },
  },
  expect: ({ alert, category }) => ({ alert, category }),
  async play(server, kit, { shown }) {
    const own = kit.authority().issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] });
    await server.hearClientHello();
    server.hello12();
    server.certificate12(shown === undefined ? own.chain : [await kit.published(shown)]);
  },
});
