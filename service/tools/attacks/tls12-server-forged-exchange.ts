import { attack, forger } from '../attack.ts';

/* The genuine certificate is on the page. What it would have to sign are both randoms, and the key that we chose. */
export default attack({
  title: 'TLS 1.2: a genuine certificate, and a ServerKeyExchange that its key has not signed',
  threats: ['G1', 'G6', 'G8', 'X9'],
  rfc: 'RFC 8422 §5.4',
  as: 'server-1.2',
  variants: { 'our-own-key': 'our-own-key', nothing: 'nothing', 'r-0-s-0': 'r-0-s-0' },
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(server, kit, by) {
    const { signer } = kit.authority().issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] });
    const nothing = by === 'nothing' ? new Uint8Array(0) : Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0);
    await server.hearClientHello();
    server.hello12();
    server.certificate12([await kit.published('bounty: server')]);
    server.keyExchange12(by === 'our-own-key' ? signer : forger(nothing));
    server.certificateRequest12();
    server.helloDone12();
  },
});
