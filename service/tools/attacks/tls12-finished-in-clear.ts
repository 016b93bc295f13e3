import { attack } from '../attack.ts';

/* FREAK and SKIP-TLS left ChangeCipherSpec out: what follows stays in clear, and somebody takes it. */
export default attack({
  title: 'TLS 1.2: Finished in clear, without ChangeCipherSpec',
  threats: ['S8'],
  rfc: 'RFC 5246 §7.1',
  as: 'client-1.2',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.clientKeyExchange();
    client.certificateVerify(signer);
    client.finished();
  },
});
