import { hexToBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';
import { algorithms, bitString, sequence } from '../rogue/certificate-builder.ts';
import { forgedClient } from '../rogue/forgery.ts';

const ED25519 = 0x0807;
/** R of small order, S = 0: by the rules of ZIP-215 it is good for every message under these keys. */
const forEverything = new Uint8Array(64).with(0, 1);

/* Under a key of small order one signature fits every message: who shows the certificate needs no private key. */
export default attack({
  title: 'an Ed25519 key that every message is signed by',
  threats: ['G7'],
  rfc: 'RFC 8032 §5.1.7',
  as: 'client',
  variants: {
    'order-1': hexToBytes('0100000000000000000000000000000000000000000000000000000000000000'),
    'order-2': hexToBytes('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
    'order-4': hexToBytes('0000000000000000000000000000000000000000000000000000000000000000'),
    'order-8': hexToBytes('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
    'not-canonical': hexToBytes('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
  },
  expect: { alert: 'unsupported_certificate', category: 'x509.algorithm' },
  async play(client, _kit, key) {
    client.hello();
    await client.serverFlight();
    const spki = sequence(algorithms.ed25519, bitString(key));
    client.authenticate({ chain: [forgedClient({ spki })], signer: forger(forEverything, ED25519) });
  },
});
