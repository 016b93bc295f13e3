import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A server that speaks 1.3 marks a hello of 1.2 by its random: whoever sees the mark knows that somebody lied about the offer. */
export default attack({
  title: 'TLS 1.2, with the mark of a server that could do better',
  threats: ['S13'],
  rfc: 'RFC 9846 §4.1.3',
  as: 'server',
  expect: { alert: 'illegal_parameter', category: 'downgrade' },
  async play(server) {
    await server.hearClientHello();
    server.serverHello({
      random: concatBytes(new Uint8Array(24), hexToBytes('444f574e47524401')),
      change: (hello) => ({ ...hello, extensions: [] }),
    });
  },
});
