import { attack, forger } from '../attack.ts';
import { bitString, integer, oid, sequence } from '../rogue/certificate-builder.ts';
import { forgedClient } from '../rogue/forgery.ts';

const ecPublicKey = oid('1.2.840.10045.2.1');
const point = bitString(Uint8Array.of(4, ...new Uint8Array(64).fill(1)));

/* CurveBall, CVE-2020-0601: who may choose the generator has the private key to any public one. */
export default attack({
  title: 'a key on a curve of our own',
  threats: ['C13'],
  rfc: 'RFC 5480 §2.1.1',
  as: 'client',
  variants: {
    'explicit-parameters': sequence(sequence(ecPublicKey, sequence(integer(1))), point),
    'no-parameters': sequence(sequence(ecPublicKey), point),
    secp256k1: sequence(sequence(ecPublicKey, oid('1.3.132.0.10')), point),
  },
  expect: { alert: 'unsupported_certificate', category: 'x509.algorithm' },
  async play(client, _kit, spki) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: [forgedClient({ spki })], signer: forger(new Uint8Array(70)) });
  },
});
