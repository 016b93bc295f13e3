import { attack } from '../attack.ts';

/* An alert is two bytes. One was the fragment attack on old stacks; three hide something. */
export default attack({
  title: 'alerts of no bytes, of one, of three',
  threats: ['S9'],
  rfc: 'RFC 9846 §6',
  as: 'client',
  variants: { none: new Uint8Array(0), one: Uint8Array.of(1), three: Uint8Array.of(1, 0, 0) },
  expect: { alert: 'decode_error', category: 'parse.error' },
  play(client, _kit, content) {
    client.clearRecord(21, content);
  },
});
