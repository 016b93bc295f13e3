import { attack } from '../attack.ts';

/* A genuine leaf in the place of an authority (Marlinspike, 2002): signed by somebody who may not sign. */
export default attack({
  title: 'a genuine leaf, as if it could issue',
  threats: ['C16'],
  rfc: 'RFC 5280 §6.1.4',
  as: 'client',
  expect: { alert: 'bad_certificate', category: 'x509.chain_broken' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    const { chain, signer } = kit.authority().issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] });
    client.authenticate({
      chain: [...chain, await kit.published('bounty: client'), await kit.published('bounty: authority')],
      signer,
    });
  },
});
