import { attack, forger } from '../attack.ts';

/* The client's own certificate, shown back to it by a server. */
export default attack({
  title: "the client's own certificate, as if it were a server's",
  threats: ['X4'],
  rfc: 'RFC 9846 §4.4.2.4',
  as: 'server',
  expect: { alert: 'bad_certificate', category: 'reflection' },
  async play(server, kit) {
    await server.hearClientHello();
    server.openFlight();
    server.authenticate({ chain: [await kit.published('bounty: client')], signer: forger(new Uint8Array(70)) });
  },
});
