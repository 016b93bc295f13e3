import { attack } from '../attack.ts';

/* Twelve bytes that prove that nobody changed what was said: one bit changed, and those of the server. */
export default attack({
  title: 'TLS 1.2: a Finished that is not over this handshake',
  threats: ['X4'],
  rfc: 'RFC 5246 §7.4.9',
  as: 'client-1.2',
  variants: { 'one-bit': false, 'of-the-server': true },
  expect: { alert: 'decrypt_error', category: 'bad_finished' },
  async play(client, kit, theirs) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.clientKeyExchange();
    client.certificateVerify(signer);
    client.changeCipherSpec();
    client.finished(
      theirs
        ? client.verifyData('server')
        : client.verifyData('client').map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    );
  },
});
