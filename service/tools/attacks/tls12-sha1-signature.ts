import { attack, forger } from '../attack.ts';

/* SLOTH: a signature over SHA-1 is one over any transcript that collides. */
export default attack({
  title: 'TLS 1.2: a CertificateVerify with SHA-1',
  threats: ['X9', 'G6'],
  rfc: 'RFC 9155 §4',
  as: 'client-1.2',
  variants: { ecdsa: 0x0203, rsa: 0x0201 },
  expect: { alert: 'illegal_parameter', category: 'sig.invalid' },
  async play(client, kit, scheme) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.clientKeyExchange();
    client.certificateVerify(forger(new Uint8Array(70).fill(0x30)), { scheme });
  },
});
