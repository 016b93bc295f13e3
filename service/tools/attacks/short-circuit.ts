import { attack, type Transport } from '../attack.ts';

/** Byte by byte, as a wire is read on demand, until one side has left. */
async function carry(from: Transport, to: Transport): Promise<void> {
  for (;;) {
    const byte = await from.read(1);
    if (typeof byte === 'string') break;
    to.write(byte);
  }
  to.end();
}

/*
 * No attack: the bridge, which releases the bait at both ends and shows it to nobody between. What the two say goes by
 * unopened, and nothing of it is in the picture; `btc-pinata bridge` draws it.
 */
export default attack({
  title: 'the client port and the server port, joined: the bait goes by, sealed',
  threats: ['X2'],
  rfc: 'RFC 9846 §1.1',
  as: 'server',
  expect: { alert: 'none', category: 'success.short_circuit' },
  alsoCounted: ['success.short_circuit'],
  async play(server, kit) {
    const other = await kit.connect('server');
    kit.note('whatever one says goes to the other, byte by byte');
    await Promise.all([carry(server.wire, other.wire), carry(other.wire, server.wire)]);
  },
});
