import { attack, forger } from '../attack.ts';

/* The peer may sign only by what was offered. PKCS#1 v1.5 and SHA-1 are not, in TLS 1.3, whatever the certificate is. */
export default attack({
  title: 'a signature scheme that was not offered',
  threats: ['G5', 'G6'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  variants: { 'rsa-pkcs1-sha256': 0x0401, 'ecdsa-sha1': 0x0203, ed448: 0x0808, 'no-such-scheme': 0xfefe },
  expect: { alert: 'illegal_parameter', category: 'sig.invalid' },
  async play(client, kit, scheme) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.certificateVerify(forger(new Uint8Array(70).fill(0x30)), { scheme });
    client.finished();
  },
});
