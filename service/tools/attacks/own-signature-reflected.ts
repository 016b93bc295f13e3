import { concatBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* The server has just signed this handshake, with a key of the right kind. All that differs is the context string: it says who signs. */
export default attack({
  title: "the server's own CertificateVerify, sent back",
  threats: ['X4', 'G8'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit) {
    client.hello();
    const { messages } = await client.serverFlight();
    const body = messages.get('certificate_verify') ?? new Uint8Array(0);
    client.certificate([await kit.published('bounty: client')]);
    client.say(concatBytes(Uint8Array.of(15, 0, body.length >> 8, body.length & 0xff), body));
    client.finished();
  },
});
