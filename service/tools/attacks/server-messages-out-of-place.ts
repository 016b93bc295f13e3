import { attack } from '../attack.ts';

/* Each of them exists, and none has its place here. */
export default attack({
  title: 'messages that a client never hears here',
  threats: ['S7', 'S12', 'S13'],
  rfc: 'RFC 9846 §4',
  as: 'server',
  variants: {
    'hello-request': Uint8Array.of(0, 0, 0, 0),
    'server-hello-done': Uint8Array.of(14, 0, 0, 0),
    ticket: Uint8Array.of(4, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0),
    'key-update': Uint8Array.of(24, 0, 0, 1, 0),
    'client-hello': Uint8Array.of(1, 0, 0, 1, 0),
  },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(server, _kit, message) {
    await server.hearClientHello();
    server.openFlight();
    server.say(message);
  },
});
