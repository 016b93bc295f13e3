import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';

/* CVE-2022-21449: with r = s = 0, or the order of the curve, a verifier that forgets to look divides zero by zero and agrees. */

/** The order of P-256 (FIPS 186-5), as a positive INTEGER. */
const n = '00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

const ecdsa = (r: string, s: string): Uint8Array => {
  const integer = (hex: string) => concatBytes(Uint8Array.of(2, hex.length / 2), hexToBytes(hex));
  const body = concatBytes(integer(r), integer(s));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
};

export default attack({
  title: 'a genuine certificate, and an ECDSA signature that needs no key',
  threats: ['G1'],
  rfc: 'FIPS 186-5 §6.4.2',
  as: 'client',
  variants: {
    'r-0-s-0': ecdsa('00', '00'),
    'r-0-s-1': ecdsa('00', '01'),
    'r-1-s-0': ecdsa('01', '00'),
    'r-1-s-1': ecdsa('01', '01'),
    'r-n-s-1': ecdsa(n, '01'),
    'r-1-s-n': ecdsa('01', n),
    'r-n-s-n': ecdsa(n, n),
    negative: ecdsa('ff', 'ff'),
    nothing: new Uint8Array(0),
    zeros: new Uint8Array(64),
    'ones-16-kib': new Uint8Array(16_000).fill(1),
  },
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit, signature) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.certificateVerify(forger(signature));
    client.finished();
  },
});
