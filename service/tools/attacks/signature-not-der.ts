import { concatBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A right signature in another encoding. Whoever takes it has a parser that can be talked to; Bleichenbacher talked to some. */
export default attack({
  title: 'genuine ECDSA signatures, encoded otherwise than in DER',
  threats: ['G3'],
  rfc: 'RFC 9846 §4.2.3',
  as: 'client',
  variants: {
    'long-form': (der: Uint8Array) => concatBytes(Uint8Array.of(0x30, 0x81), der.subarray(1)),
    'a-byte-behind': (der: Uint8Array) => concatBytes(der, Uint8Array.of(0)),
    'indefinite-length': (der: Uint8Array) =>
      concatBytes(Uint8Array.of(0x30, 0x80), der.subarray(2), Uint8Array.of(0, 0)),
  },
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit, encode) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.certificateVerify({ scheme: signer.scheme, sign: (content) => encode(signer.sign(content)) });
    client.finished();
  },
});
