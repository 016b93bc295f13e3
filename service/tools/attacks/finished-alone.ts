import { attack } from '../attack.ts';

/* SMACK (2015) at its plainest: after the server has said its part, Finished, as if nobody had asked who we are. */
export default attack({
  title: 'Finished alone, as if no certificate had been asked for',
  threats: ['S1'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client) {
    client.hello();
    await client.serverFlight();
    client.finished();
  },
});
