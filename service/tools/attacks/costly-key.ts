import { attack, forger } from '../attack.ts';
import { bitString, integer, NULL, oid, sequence, tlv } from '../rogue/certificate-builder.ts';
import { forgedClient } from '../rogue/forgery.ts';

const rsa = (bits: number, ...exponent: readonly number[]): Uint8Array => {
  const modulus = tlv(2, Uint8Array.of(0), new Uint8Array(bits / 8).fill(0xff));
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), NULL), bitString(sequence(modulus, integer(...exponent))));
};

/* One verification under such a key is seconds of our time for milliseconds of yours; or it is none at all. */
export default attack({
  title: 'RSA keys that cost seconds, or protect nothing',
  threats: ['C14'],
  rfc: 'RFC 8017 §3.1',
  as: 'client',
  variants: {
    'of-16384-bits': rsa(16_384, 1, 0, 1),
    'of-65536-bits': rsa(65_536, 1, 0, 1),
    'exponent-of-41-bits': rsa(2048, 1, 0, 0, 0, 0, 1),
    'of-1024-bits': rsa(1024, 1, 0, 1),
    'exponent-1': rsa(2048, 1),
  },
  expect: { alert: 'unsupported_certificate', category: 'x509.algorithm' },
  async play(client, _kit, spki) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: [forgedClient({ spki })], signer: forger(new Uint8Array(256), 0x0804) });
  },
});
