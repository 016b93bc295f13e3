import { attack } from '../attack.ts';

/* A genuine key signs everything but what it should: another context string, other spaces, another transcript. */
export default attack({
  title: 'genuine signatures over something else',
  threats: ['G8'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  variants: {
    'as-a-server': { context: 'TLS 1.3, server CertificateVerify' },
    'a-letter-short': { context: 'TLS 1.3, client CertificateVerif' },
    'no-context': { context: '' },
    '63-spaces': { prefix: new Uint8Array(63).fill(0x20) },
    'zeros-for-spaces': { prefix: new Uint8Array(64) },
    'no-transcript': { transcriptHash: new Uint8Array(0) },
    'a-transcript-of-zeros': { transcriptHash: new Uint8Array(32) },
  },
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit, over) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.certificateVerify(signer, over);
    client.finished();
  },
});
