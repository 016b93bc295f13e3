import { attack, Protection } from '../attack.ts';

/* The server's own key, and the one that comes later: no record may open with a key that is not the client's of now. */
export default attack({
  title: "sealed with the server's key, or with the next",
  threats: ['R4'],
  rfc: 'RFC 9846 §7.3',
  as: 'client',
  variants: { 'of-the-server': false, 'of-the-application': true },
  expect: { alert: 'bad_record_mac', category: 'bad_record_mac' },
  async play(client, kit, later) {
    client.hello();
    await client.serverFlight();
    const secret = (later ? client.applicationSecrets?.client : client.handshakeSecrets?.server) ?? new Uint8Array(0);
    client.sealing = new Protection(client.suite, secret);
    client.certificate([await kit.published('bounty: client')]);
  },
});
