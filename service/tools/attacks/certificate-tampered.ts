import { attack, forger } from '../attack.ts';

/* A genuine certificate with one bit changed: of its signature, or of the key that it is about. */
export default attack({
  title: 'a genuine certificate, one bit changed',
  threats: ['C1'],
  rfc: 'RFC 5280 §6.1.3',
  as: 'client',
  expect: { alert: 'bad_certificate', category: 'x509.bad_signature' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    const leaf = await kit.published('bounty: client');
    const at = leaf.length - 1;
    leaf[at] = (leaf[at] ?? 0) ^ 1;
    client.authenticate({ chain: [leaf], signer: forger(new Uint8Array(70).fill(0x30)) });
  },
});
