import { attack, forger } from '../attack.ts';

/* The website's certificate is genuine, and of this machine. Its authority is another, so that the two cannot be mixed up. */
export default attack({
  title: "the website's certificate, on the bounty's port",
  threats: ['C17', 'X1'],
  rfc: 'RFC 5280 §6.1',
  as: 'client',
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.authenticate({
      chain: [await kit.published('website: website')],
      signer: forger(new Uint8Array(70).fill(0x30)),
    });
  },
});
