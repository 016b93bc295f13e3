import { attack } from '../attack.ts';

/* A handshake record of no bytes says nothing, for ever, at the price of decrypting it. */
export default attack({
  title: 'handshake records of length zero',
  threats: ['S11'],
  rfc: 'RFC 9846 §5.1',
  as: 'client',
  variants: { 'in-clear': false, encrypted: true },
  expect: { alert: 'unexpected_message', category: 'record.empty' },
  async play(client, _kit, sealed) {
    if (sealed) {
      client.hello();
      await client.serverFlight();
    }
    client.record(22, new Uint8Array(0));
  },
});
