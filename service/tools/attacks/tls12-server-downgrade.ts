import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

const sentinel = (last: number): Uint8Array =>
  concatBytes(new Uint8Array(24).fill(7), utf8ToBytes('DOWNGRD'), Uint8Array.of(last));

/* Somebody took TLS 1.3 out of our hello. The server's random says that it could have. */
export default attack({
  title: 'TLS 1.2 by a server that could do better',
  threats: ['S13'],
  rfc: 'RFC 9846 §4.1.3',
  as: 'server-1.2',
  variants: { 'from-tls13': sentinel(1), 'to-tls11': sentinel(0) },
  expect: { alert: 'illegal_parameter', category: 'downgrade' },
  async play(server, _kit, random) {
    await server.hearClientHello();
    server.hello12({ random });
  },
});
