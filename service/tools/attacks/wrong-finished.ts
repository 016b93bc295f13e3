import { attack } from '../attack.ts';

/* Everything is right but the last word, which proves that nobody changed what was said before. */
export default attack({
  title: 'a Finished that is not over this handshake',
  threats: ['X4'],
  rfc: 'RFC 9846 §4.4.4',
  as: 'client',
  variants: {
    'first-bit': (right: Uint8Array) => right.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    'last-bit': (right: Uint8Array) => right.map((byte, at) => (at === right.length - 1 ? byte ^ 1 : byte)),
    zeros: (right: Uint8Array) => new Uint8Array(right.length),
    'of-the-server': (_: Uint8Array, theirs: Uint8Array) => theirs,
  },
  expect: { alert: 'decrypt_error', category: 'bad_finished' },
  async play(client, kit, forge) {
    const { chain, signer } = kit.genuine();
    client.hello();
    const { messages } = await client.serverFlight();
    client.certificate(chain);
    client.certificateVerify(signer);
    const right = client.verifyData();
    client.say(client.finishedMessage(forge(right, messages.get('finished') ?? right)));
  },
});
