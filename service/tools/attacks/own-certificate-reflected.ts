import { attack, forger } from '../attack.ts';

/* The server's own certificate, shown to itself: genuine, of its authority, and its key answers on this very connection. */
export default attack({
  title: "the server's own certificate, as if it were ours",
  threats: ['X3', 'X4'],
  rfc: 'RFC 9846 §4.4.2.4',
  as: 'client',
  expect: { alert: 'bad_certificate', category: 'reflection' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: [await kit.published('bounty: server')], signer: forger(new Uint8Array(70)) });
  },
});
