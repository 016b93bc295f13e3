import { attack, forger } from '../attack.ts';
import { authority, dnsName, entity, extension, extensions, issued, NULL } from '../rogue/certificate-builder.ts';
import { attacker, clientExtensions, forgedClient, today, victim } from '../rogue/forgery.ts';

const between = entity('between', 0x63);
const within = { validity: today() };
const root = (...more: readonly Uint8Array[]): Uint8Array =>
  issued(attacker, attacker, [extensions.ca(0), extensions.keyCertSign, ...more], within);
const leafOf = (issuer: typeof between): Uint8Array => issued(victim, issuer, clientExtensions, within);

/*
 * What a root may not: believed or not, each of these chains breaks a rule of its own. Ours has one anchor, so that all of
 * them end before anybody asks how far an authority reaches; test/x509/refusals.test.ts has them under one that is believed.
 */
export default attack({
  title: 'chains that a validator of many roots has to look into',
  threats: ['C1', 'C2', 'C3', 'C7', 'C12'],
  rfc: 'RFC 5280 §6.1',
  as: 'client',
  variants: {
    'a-path-too-long': () => [leafOf(between), authority(between, attacker, 0), root()],
    'a-critical-extension': () => [forgedClient({}, extension('1.3.6.1.4.1.55738.666.1', NULL, true)), root()],
    'a-name-that-is-excluded': () => [forgedClient(), root(extensions.nameConstraints([dnsName('elsewhere.invalid')]))],
    'a-cycle': () => [leafOf(between), authority(between, attacker), authority(attacker, between)],
  },
  expect: { alert: 'unknown_ca', category: 'x509.no_anchor' },
  async play(client, _kit, chain) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: chain(), signer: forger(new Uint8Array(70)) });
  },
});
