import { attack } from '../attack.ts';

/* Everybody's first idea: our own authority, and a certificate that says everything the genuine one says. */
export default attack({
  title: 'a certificate of our own authority',
  threats: ['C1'],
  rfc: 'RFC 5280 §6.1',
  as: 'client',
  variants: { 'leaf-alone': false, 'with-its-authority': true },
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(client, kit, whole) {
    client.hello();
    await client.serverFlight();
    const authority = kit.authority();
    const { chain, signer } = authority.issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] });
    client.authenticate({ chain: whole ? [...chain, authority.certificate.der] : chain, signer });
  },
});
