import { attack } from '../attack.ts';

/* From ServerHello to application data, in one step. */
export default attack({
  title: 'a server that skips everything, and talks',
  threats: ['S4'],
  rfc: 'RFC 9846 §4.4.4',
  as: 'server',
  expect: { alert: 'unexpected_message', category: 'application_data.early' },
  async play(server) {
    await server.hearClientHello();
    server.serverHello();
    server.data(Uint8Array.of(1));
  },
});
