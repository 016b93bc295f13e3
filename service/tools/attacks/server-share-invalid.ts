import { attack } from '../attack.ts';

/* A share of zeros makes the secret zero; a share of a group that was not offered is an answer to another question. */
export default attack({
  title: 'key shares of a server that are none',
  threats: ['K1'],
  rfc: 'RFC 9846 §4.2.8',
  as: 'server',
  variants: {
    zero: { group: 0x001d, keyExchange: new Uint8Array(32) },
    'a-byte-short': { group: 0x001d, keyExchange: new Uint8Array(31).fill(9) },
    'another-group': { group: 0x0017, keyExchange: new Uint8Array(65).fill(4) },
  },
  expect: { alert: 'illegal_parameter', category: 'key_share.invalid' },
  async play(server, _kit, keyShare) {
    await server.hearClientHello();
    server.serverHello({ keyShare });
  },
});
