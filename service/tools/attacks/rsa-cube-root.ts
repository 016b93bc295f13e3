import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { decodeCertificate } from '../../x509/index.ts';
import { attack, forger } from '../attack.ts';
import { algorithms, issued } from '../rogue/certificate-builder.ts';
import { attacker, clientExtensions, today, victim } from '../rogue/forgery.ts';

/** With e = 3, whatever begins like an encoding and ends anyhow has a cube root that is nearly whole (Bleichenbacher 2006). */
function cubeRoot(beginning: Uint8Array): Uint8Array {
  const wanted = bytesToNumberBE(concatBytes(beginning, new Uint8Array(256 - beginning.length)));
  let [low, high] = [0n, 1n << 683n];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle ** 3n < wanted) low = middle + 1n;
    else high = middle;
  }
  return numberToBytesBE(low, 256);
}

const sha256Info = hexToBytes('3031300d060960864801650304020105000420');
const encoded = concatBytes(
  Uint8Array.of(0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0),
  sha256Info,
  new Uint8Array(32),
);

/* Signatures that an RSA verifier with an eye closed takes for its authority's. Ours is of another kind, and says so. */
export default attack({
  title: "the authority's signature, forged as RSA",
  threats: ['G4', 'G9'],
  rfc: 'RFC 8017 §8.2.2',
  as: 'client',
  variants: {
    'cube-root': cubeRoot(encoded),
    'the-encoding-itself': concatBytes(encoded, new Uint8Array(256 - encoded.length)),
    zero: new Uint8Array(256),
    one: new Uint8Array(256).with(255, 1),
    'beyond-every-modulus': new Uint8Array(256).fill(255),
  },
  expect: { alert: 'bad_certificate', category: 'x509.bad_signature' },
  async play(client, kit, signature) {
    client.hello();
    await client.serverFlight();
    const genuine = decodeCertificate(await kit.published('bounty: authority'));
    if (!genuine.ok) throw new Error('the published authority does not decode');
    const { subject, extensions } = genuine.value;
    const issuer = { ...attacker, name: subject, identifier: extensions.subjectKeyIdentifier ?? attacker.identifier };
    const change = { validity: today(), algorithm: algorithms.sha256WithRSA, signature };
    const leaf = issued(victim, issuer, clientExtensions, change);
    client.authenticate({ chain: [leaf], signer: forger(new Uint8Array(70)) });
  },
});
