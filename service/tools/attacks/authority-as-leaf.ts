import { attack, forger } from '../attack.ts';

/* The anchor itself, as a certificate of ours: it is trusted, after all. */
export default attack({
  title: 'the authority itself, as a client',
  threats: ['C6'],
  rfc: 'RFC 5280 §6.1',
  as: 'client',
  expect: { alert: 'unknown_ca', category: 'x509.self_signed' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.authenticate({
      chain: [await kit.published('bounty: authority')],
      signer: forger(new Uint8Array(70).fill(0x30)),
    });
  },
});
