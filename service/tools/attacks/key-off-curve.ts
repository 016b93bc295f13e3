import { attack, forger } from '../attack.ts';
import { p256Spki } from '../rogue/certificate-builder.ts';
import { forgedClient, victim } from '../rogue/forgery.ts';

const { publicKey } = victim.key;
const point = publicKey.algorithm === 'ecdsa' ? publicKey.point : new Uint8Array(65);

/* Arithmetic on what is no point leaks, or agrees to everything (CVE-2022-21449's cousins). */
export default attack({
  title: 'ECDSA keys that are no points of the curve, or in another form',
  threats: ['G2'],
  rfc: 'RFC 5480 §2.2',
  as: 'client',
  variants: {
    infinity: Uint8Array.of(0),
    'off-the-curve': point.with(64, (point[64] ?? 0) ^ 1),
    zero: Uint8Array.of(4, ...new Uint8Array(64)),
    compressed: Uint8Array.of(2 + ((point[64] ?? 0) & 1), ...point.subarray(1, 33)),
    hybrid: point.with(0, 6 + ((point[64] ?? 0) & 1)),
    'cut-short': point.subarray(0, 64),
  },
  expect: { alert: 'unsupported_certificate', category: 'x509.algorithm' },
  async play(client, _kit, key) {
    client.hello();
    await client.serverFlight();
    client.authenticate({ chain: [forgedClient({ spki: p256Spki(key) })], signer: forger(new Uint8Array(70)) });
  },
});
