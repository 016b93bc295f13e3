import { attack } from '../attack.ts';

/* Once records are encrypted, an alert in clear is from anybody on the way. */
export default attack({
  title: 'an alert in clear, where records are encrypted',
  threats: ['S9'],
  rfc: 'RFC 9846 §5',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.clearRecord(21, Uint8Array.of(2, 50));
  },
});
