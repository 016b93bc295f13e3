import { concatBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';

/* An OID of 254 000 arcs stopped an event loop for 1.6 seconds in a well-known parser; nesting overflows stacks. */

const sequence = (content: Uint8Array): Uint8Array<ArrayBuffer> => {
  const { length } = content;
  const header =
    length < 128 ? [0x30, length] : length < 256 ? [0x30, 0x81, length] : [0x30, 0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.from(header), content);
};

export default attack({
  title: 'certificates that are expensive to parse',
  threats: ['J7'],
  rfc: 'X.690 §8.19',
  as: 'client',
  variants: {
    'oid-of-15000-arcs': () =>
      sequence(concatBytes(Uint8Array.of(0x06, 0x82, 0x3a, 0x98), new Uint8Array(15_000).fill(1))),
    'nested-4000-deep': () => {
      let der = Uint8Array.of(5, 0);
      for (let depth = 0; depth < 4000 && der.length < 15_000; depth++) der = sequence(der);
      return der;
    },
  },
  expect: { alert: 'bad_certificate', category: 'asn1.rejected' },
  async play(client, _kit, bomb) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: [bomb()], signer: forger(new Uint8Array(70).fill(0x30)) });
  },
});
