import { attack } from '../attack.ts';

/* A HelloRetryRequest is a ServerHello by its type. A machine that counts messages believes the handshake further than it is. */
export default attack({
  title: 'Finished in answer to a HelloRetryRequest',
  threats: ['S6'],
  rfc: 'RFC 9846 §4.1.4',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client) {
    client.hello({ shares: [], groups: [0x001d] });
    await client.serverHello();
    client.say(client.finishedMessage(new Uint8Array(32)));
  },
});
