import { concatBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';

/* The same certificate in other bytes has another fingerprint, and another meaning to the next parser. */
export default attack({
  title: 'a genuine certificate, encoded otherwise than in DER',
  threats: ['C9'],
  rfc: 'X.690 §10',
  as: 'client',
  variants: {
    'cut-short': (der: Uint8Array) => der.subarray(0, 200),
    'a-byte-behind': (der: Uint8Array) => concatBytes(der, Uint8Array.of(0)),
    'indefinite-length': (der: Uint8Array) =>
      concatBytes(Uint8Array.of(0x30, 0x80), der.subarray(4), Uint8Array.of(0, 0)),
  },
  expect: { alert: 'bad_certificate', category: 'asn1.rejected' },
  async play(client, kit, change) {
    client.hello();
    await client.serverFlight();
    client.authenticate({
      chain: [change(await kit.published('bounty: client'))],
      signer: forger(new Uint8Array(70).fill(0x30)),
    });
  },
});
