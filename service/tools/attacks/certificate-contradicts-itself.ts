import { attack, forger } from '../attack.ts';
import { algorithms, extensions, issued } from '../rogue/certificate-builder.ts';
import { attacker, clientExtensions, forgedClient, today, victim } from '../rogue/forgery.ts';

/* Two parsers may each believe another half of it. Nobody is asked who issued it: it is refused for its own sake. */
export default attack({
  title: 'a certificate that contradicts itself',
  threats: ['C1', 'C4', 'C5', 'C6', 'C8'],
  rfc: 'RFC 5280 §4.1',
  as: 'client',
  variants: {
    'extension-twice': {
      der: () => forgedClient({}, extensions.notCa),
      expect: { alert: 'bad_certificate', category: 'x509.profile' },
    },
    'version-1-with-extensions': {
      der: () => forgedClient({ version: new Uint8Array(0) }),
      expect: { alert: 'unsupported_certificate', category: 'x509.version' },
    },
    'an-authority-as-leaf': {
      der: () => issued(victim, attacker, [extensions.ca(), ...clientExtensions.slice(1)], { validity: today() }),
      expect: { alert: 'unsupported_certificate', category: 'x509.leaf_is_ca' },
    },
    'two-algorithms': {
      der: () => forgedClient({ innerAlgorithm: algorithms.ecdsaWithSha1 }),
      expect: { alert: 'bad_certificate', category: 'x509.algorithm' },
    },
  },
  expect: ({ expect }) => expect,
  async play(client, _kit, { der }) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: [der()], signer: forger(new Uint8Array(70)) });
  },
});
