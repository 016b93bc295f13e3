import { hexToBytes } from '@noble/hashes/utils.js';
import { attack, forger } from '../attack.ts';

/* The genuine server's certificate, from the page; its key is not ours. */
export default attack({
  title: 'the genuine server, by a signature that needs no key',
  threats: ['G1'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'server',
  variants: { psychic: hexToBytes('3006020100020100'), empty: new Uint8Array(0), zeros: new Uint8Array(70) },
  expect: { alert: 'decrypt_error', category: 'sig.invalid' },
  async play(server, kit, signature) {
    await server.hearClientHello();
    server.openFlight();
    server.certificate([await kit.published('bounty: server')]);
    server.certificateVerify(forger(signature));
    server.finished();
  },
});
