import { attack } from '../attack.ts';

/* An inner plaintext ends in its content type. Of zeros alone it has none, and a search for it runs off the front. */
export default attack({
  title: 'sealed records without a content type',
  threats: ['R3'],
  rfc: 'RFC 9846 §5.4',
  as: 'client',
  variants: { 'hundred-zeros': 100, nothing: 0 },
  expect: { alert: 'unexpected_message', category: 'record.empty' },
  async play(client, _kit, length) {
    client.hello();
    await client.serverFlight();
    client.innerPlaintext(new Uint8Array(length));
  },
});
