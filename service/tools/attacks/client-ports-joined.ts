import { attack } from '../attack.ts';

/* Two ends of the same kind: each says hello, and neither may take the other's for an answer. */
export default attack({
  title: 'the client port, joined to itself',
  threats: ['X8'],
  rfc: 'RFC 9846 §4.1.3',
  as: 'server',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  alsoCounted: ['handshake.unexpected'],
  async play(server, kit) {
    const other = await kit.connect();
    const theirs = await other.hear();
    if (theirs.type !== 'handshake') throw new Error('no ClientHello on the second connection');
    await server.hearClientHello();
    const [ours = theirs.bytes] = server.transcript;
    kit.note('each ClientHello goes to the other client');
    other.clearRecord(22, ours);
    server.clearRecord(22, theirs.bytes);
    await other.ending();
  },
});
