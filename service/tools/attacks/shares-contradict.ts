import { attack } from '../attack.ts';

/* Two shares of one group, or one of a group that was not offered: a server that takes the last checks the first. */

const X25519 = 0x001d;
const share = (byte: number) => ({ group: X25519, keyExchange: new Uint8Array(32).fill(byte) });

export default attack({
  title: 'key shares that contradict the hello',
  threats: ['K1'],
  rfc: 'RFC 9846 §4.2.8',
  as: 'client',
  variants: {
    twice: { groups: [X25519], keyShares: [share(9), share(10)] },
    'not-offered': { groups: [0x0017], keyShares: [share(9)] },
  },
  expect: { alert: 'illegal_parameter', category: 'parameter.illegal' },
  play(client, _kit, choices) {
    client.hello(choices);
  },
});
