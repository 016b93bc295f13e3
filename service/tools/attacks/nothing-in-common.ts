import { attack } from '../attack.ts';

/* What the original answered to 2 % of its visitors. Falling back to something weak would be the alternative. */
export default attack({
  title: 'no suite, group or signature scheme in common',
  rfc: 'RFC 9846 §4.1.1',
  as: 'client',
  variants: {
    suites: { choices: { cipherSuites: [0x13ff, 0x0004] }, category: 'cipher.none' },
    groups: { choices: { groups: [0x001e], keyShares: [] }, category: 'group.none' },
    signatures: { choices: { signatureSchemes: [0x0804] }, category: 'sig.none' },
  },
  expect: ({ category }) => ({ alert: 'handshake_failure', category }),
  play(client, _kit, { choices }) {
    client.hello(choices);
  },
});
