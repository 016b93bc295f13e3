import { attack } from '../attack.ts';

/* No attack: the test credentials, and everything as it should be. It shows that this tool sees a bait that comes out. */
export default attack({
  title: 'no attack: the test credentials, let in',
  rfc: 'RFC 9846 §2',
  as: 'client',
  expect: 'bait',
  async play(client, kit) {
    await client.shakeHands(kit.genuine());
  },
});
