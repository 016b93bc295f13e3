import { hexToBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';

/* A genuine certificate from the page; the signature is psychic, empty, of zeros. */
export default attack({
  title: 'TLS 1.2: a genuine certificate, and a forged CertificateVerify',
  threats: ['G1'],
  rfc: 'RFC 5246 §7.4.8',
  as: 'client-1.2',
  variants: { psychic: hexToBytes('3006020100020100'), empty: new Uint8Array(0), zeros: new Uint8Array(70) },
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(client, kit, signature) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.clientKeyExchange();
    client.certificateVerify(forger(signature));
    client.changeCipherSpec();
    client.finished();
  },
});
