import { hexToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* The same points as in TLS 1.3, in ClientKeyExchange. */

const [X25519, P256] = [0x001d, 0x0017] as const;

export default attack({
  title: 'TLS 1.2: a public value of small order, off the curve, compressed',
  threats: ['K1'],
  rfc: 'RFC 8422 §5.11',
  as: 'client-1.2',
  variants: {
    'x25519-zero': { group: X25519, value: new Uint8Array(32) },
    'x25519-31-bytes': { group: X25519, value: new Uint8Array(31).fill(9) },
    'p256-infinity': { group: P256, value: Uint8Array.of(0) },
    'p256-off-the-curve': { group: P256, value: new Uint8Array(65).fill(4) },
    'p256-compressed': {
      group: P256,
      value: hexToBytes('036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
    },
  },
  expect: { alert: 'illegal_parameter', category: 'key_share.invalid' },
  async play(client, kit, { group, value }) {
    client.hello({ groups: group === P256 ? [P256] : [group, P256] });
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.clientKeyExchange(value);
  },
});
