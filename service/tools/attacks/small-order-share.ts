import { hexToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A point of small order makes the shared secret zero, whatever the other side has: everybody knows the keys. */

const X25519 = 0x001d;

export default attack({
  title: 'X25519 shares of small order, and of another length',
  threats: ['K1'],
  rfc: 'RFC 7748 §6.1, RFC 9846 §7.4.2',
  as: 'client',
  variants: {
    zero: new Uint8Array(32),
    one: hexToBytes(`01${'00'.repeat(31)}`),
    'order-8': hexToBytes('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
    'order-8-too': hexToBytes('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
    'p-minus-1': hexToBytes(`ec${'ff'.repeat(30)}7f`),
    p: hexToBytes(`ed${'ff'.repeat(30)}7f`),
    'p-plus-1': hexToBytes(`ee${'ff'.repeat(30)}7f`),
    '31-bytes': new Uint8Array(31).fill(9),
    '33-bytes': new Uint8Array(33).fill(9),
  },
  expect: { alert: 'illegal_parameter', category: 'key_share.invalid' },
  play(client, _kit, keyExchange) {
    client.hello({ groups: [X25519], keyShares: [{ group: X25519, keyExchange }] });
  },
});
