import { attack } from '../attack.ts';

/* Nothing has been agreed that could change. */
export default attack({
  title: 'ChangeCipherSpec before any hello',
  threats: ['S8'],
  rfc: 'RFC 9846 §5',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  play(client) {
    client.changeCipherSpec();
  },
});
