import { concatBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A message must not straddle a change of keys: its beginning would be anybody's, and its end vouched for. */
export default attack({
  title: 'bytes behind ClientHello, in clear, where the keys change',
  threats: ['S10'],
  rfc: 'RFC 9846 §5.1',
  as: 'client',
  variants: { 'one-byte': false, 'a-certificate': true },
  expect: { alert: 'unexpected_message', category: 'handshake.fragments' },
  async play(client, kit, whole) {
    const hello = client.clientHelloMessage();
    client.transcript.push(hello);
    const more = whole ? client.certificateMessage([await kit.published('bounty: client')]) : Uint8Array.of(11);
    client.record(22, concatBytes(hello, more));
    await client.serverHello();
  },
});
