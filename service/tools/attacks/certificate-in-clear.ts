import { attack } from '../attack.ts';

/* The server reads with a key by now. A stack that still takes records in clear lets anybody on the way say who the client is. */
export default attack({
  title: 'Certificate in clear, after ServerHello',
  threats: ['S10'],
  rfc: 'RFC 9846 §5',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.clearRecord(22, client.certificateMessage([await kit.published('bounty: client')]));
  },
});
