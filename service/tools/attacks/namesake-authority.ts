import { attack } from '../attack.ts';

/* An authority of the genuine one's name, to the letter, with a key of ours: names are not identities. */

/** The last CN: the subject's. Of an authority it is the issuer's as well. */
export function commonName(der: Uint8Array): string {
  const at = Buffer.from(der).lastIndexOf(Uint8Array.of(0x06, 0x03, 0x55, 0x04, 0x03)) + 5;
  return new TextDecoder().decode(der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0)));
}

export default attack({
  title: 'an authority of the same name, with our key',
  threats: ['C11'],
  rfc: 'RFC 5280 §6.1.3',
  as: 'client',
  variants: { 'leaf-alone': false, 'with-the-genuine-authority': true },
  expect: { alert: 'bad_certificate', category: 'x509.chain_broken' },
  async play(client, kit, whole) {
    client.hello();
    await client.serverFlight();
    const genuine = await kit.published('bounty: authority');
    const { chain, signer } = kit
      .authority(commonName(genuine))
      .issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] });
    client.authenticate({ chain: whole ? [...chain, genuine] : chain, signer });
  },
});
