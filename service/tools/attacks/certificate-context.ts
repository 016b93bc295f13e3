import { attack } from '../attack.ts';

/* The context ties a certificate to the request. There was none in the handshake: anything but empty is an answer to another question. */
export default attack({
  title: 'a certificate_request_context that nobody gave',
  threats: ['S7'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'client',
  expect: { alert: 'illegal_parameter', category: 'parameter.illegal' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.say(client.certificateMessage([await kit.published('bounty: client')], Uint8Array.of(1)));
  },
});
