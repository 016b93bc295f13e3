import { attack } from '../attack.ts';

/* What is passed over costs the sender nothing. Forty of them, and no handshake. */
export default attack({
  title: 'more ChangeCipherSpec than anybody needs',
  threats: ['S8'],
  rfc: 'RFC 9846 §5',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'limit.flood' },
  async play(client) {
    client.hello();
    await client.serverFlight();
    for (let count = 0; count < 40; count++) client.changeCipherSpec();
  },
});
