import { attack } from '../attack.ts';

/* A genuine signature, over another handshake with the same server, a moment ago. */
export default attack({
  title: 'the CertificateVerify of another handshake',
  threats: ['G8'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  alsoCounted: ['aborted'],
  async play(client, kit) {
    const { chain, signer } = kit.genuine();
    const other = await kit.connect();
    other.hello();
    await other.serverFlight();
    other.certificate(chain);
    const recorded = other.certificateVerifyMessage(signer);
    other.leave('reset');
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.say(recorded);
    client.finished();
  },
});
