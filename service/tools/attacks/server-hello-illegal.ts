import type { ServerHello } from '../../tls/handshake-messages.ts';
import { attack } from '../attack.ts';

/* A ServerHello may choose from what was offered, and nothing else. */
export default attack({
  title: 'a ServerHello that chooses what was not offered',
  threats: ['S13'],
  rfc: 'RFC 9846 §4.1.3',
  as: 'server',
  variants: {
    suite: { cipherSuite: 0x1304 },
    'session-id': { change: (hello: ServerHello) => ({ ...hello, legacySessionIdEcho: new Uint8Array(32) }) },
    compression: { change: (hello: ServerHello) => ({ ...hello, legacyCompressionMethod: 1 }) },
    'suite-of-another-version': { change: (hello: ServerHello) => ({ ...hello, extensions: [] }) },
  },
  expect: { alert: 'illegal_parameter', category: 'parameter.illegal' },
  async play(server, _kit, choices) {
    await server.hearClientHello();
    server.serverHello(choices);
  },
});
