import { attack, forger } from '../attack.ts';

/* The scheme was offered, and does not fit the key: a verifier that goes by the scheme alone reads the key as something else. */
export default attack({
  title: 'a signature scheme that does not fit the key',
  threats: ['G6'],
  rfc: 'RFC 9846 §4.2.3',
  as: 'client',
  variants: { 'ecdsa-p384': 0x0503, ed25519: 0x0807, 'rsa-pss-rsae': 0x0804, 'rsa-pss-pss': 0x0809 },
  expect: { alert: 'illegal_parameter', category: 'parameter.illegal' },
  async play(client, kit, scheme) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    client.certificateVerify(forger(new Uint8Array(70).fill(0x30)), { scheme });
    client.finished();
  },
});
