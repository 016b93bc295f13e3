import { handshakeMessage, KeyUpdateRequest, keyUpdate } from '../../tls/handshake-messages.ts';
import { attack } from '../attack.ts';

/* What belongs behind the handshake, before it is done: keys that change under an unfinished handshake, tickets to a server. */
export default attack({
  title: 'KeyUpdate and NewSessionTicket before Finished',
  threats: ['S7'],
  rfc: 'RFC 9846 §4.6',
  as: 'client',
  variants: {
    'key-update': handshakeMessage('key_update', keyUpdate, KeyUpdateRequest.update_requested),
    ticket: Uint8Array.of(4, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0),
  },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, _kit, message) {
    client.hello();
    await client.serverFlight();
    client.record(22, message);
  },
});
