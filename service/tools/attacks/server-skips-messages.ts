import { attack, forger } from '../attack.ts';

/* SMACK against a client: a server that leaves out who it is, or that it asks who we are. */
export default attack({
  title: 'a server that leaves messages out',
  threats: ['S1'],
  rfc: 'RFC 9846 §4.4',
  as: 'server',
  variants: {
    'encrypted-extensions': 'encrypted-extensions',
    certificate: 'certificate',
    'certificate-verify': 'certificate-verify',
    both: 'both',
  },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(server, kit, missing) {
    await server.hearClientHello();
    if (missing === 'encrypted-extensions') {
      server.serverHello();
      return server.certificateRequest();
    }
    server.openFlight();
    if (missing === 'certificate-verify') server.certificate([await kit.published('bounty: server')]);
    if (missing === 'certificate') server.certificateVerify(forger(new Uint8Array(70)));
    server.finished();
  },
});
