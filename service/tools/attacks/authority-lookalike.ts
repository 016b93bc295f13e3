import { attack } from '../attack.ts';
import { commonName } from './namesake-authority.ts';

/* For a reader the same name, and for a comparison that folds case, white space or Unicode. Names are bytes here. */
export default attack({
  title: 'an authority whose name looks like the genuine one',
  threats: ['C10'],
  rfc: 'RFC 5280 §7.1',
  as: 'client',
  variants: {
    'in-capitals': (name: string) => name.toUpperCase(),
    'a-space-behind': (name: string) => `${name} `,
    'of-no-width': (name: string) => name.replace(' ', '\u200b '),
    'a-cyrillic-letter': (name: string) => name.replace('a', '\u0430'),
    'fullwidth-letters': (name: string) =>
      name.replace(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)),
  },
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(client, kit, disguise) {
    client.hello();
    await client.serverFlight();
    const name = disguise(commonName(await kit.published('bounty: authority')));
    kit.note(`the authority is called ${JSON.stringify(name)}`);
    const authority = kit.authority(name);
    const { chain, signer } = authority.issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] });
    client.authenticate({ chain: [...chain, authority.certificate.der], signer });
  },
});
