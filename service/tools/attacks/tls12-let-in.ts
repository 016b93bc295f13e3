import { attack } from '../attack.ts';

/* No attack: the same in TLS 1.2. */
export default attack({
  title: 'no attack: the test credentials, let in by TLS 1.2',
  rfc: 'RFC 5246 §7.3',
  as: 'client-1.2',
  expect: 'bait',
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.authenticate(kit.genuine());
    await client.serverFinished();
  },
});
