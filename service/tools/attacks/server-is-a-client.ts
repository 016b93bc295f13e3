import { attack } from '../attack.ts';

/* A genuine client, with its key: of the right authority, and for the wrong role. */
export default attack({
  title: 'a genuine client in the place of the server',
  threats: ['X3'],
  rfc: 'RFC 5280 §4.2.1.12',
  as: 'server',
  expect: { alert: 'unsupported_certificate', category: 'cert.wrong_role' },
  async play(server, kit) {
    await server.shakeHands(kit.genuine());
  },
});
