import { attack } from '../attack.ts';

/* In TLS 1.3 the record means nothing and is passed over, if it is exactly 01, in clear, and between the hellos and Finished. */
export default attack({
  title: 'ChangeCipherSpec that is empty, of 02, of two bytes, encrypted',
  threats: ['S8'],
  rfc: 'RFC 9846 §5',
  as: 'client',
  variants: {
    empty: { content: new Uint8Array(0), sealed: false },
    'of-02': { content: Uint8Array.of(2), sealed: false },
    'two-bytes': { content: Uint8Array.of(1, 1), sealed: false },
    encrypted: { content: Uint8Array.of(1), sealed: true },
  },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, _kit, { content, sealed }) {
    client.hello();
    await client.serverFlight();
    if (sealed) client.record(20, content);
    else client.changeCipherSpec(content);
  },
});
