import { attack } from '../attack.ts';

/* Application data before anybody is authenticated: a stack that takes it has a door beside its door. */
export default attack({
  title: 'application data before the handshake is done',
  threats: ['S4'],
  rfc: 'RFC 9846 §5.1',
  as: 'client',
  variants: { 'first-of-all': false, 'under-handshake-keys': true },
  expect: { alert: 'unexpected_message', category: 'application_data.early' },
  async play(client, _kit, flight) {
    if (flight) {
      client.hello();
      await client.serverFlight();
    }
    client.data(Uint8Array.of(1));
  },
});
