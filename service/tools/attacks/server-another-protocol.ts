import { attack } from '../attack.ts';

/* What the original lacked, and why its client could be joined to a web server: the key would have been a request. */
export default attack({
  title: 'another application protocol, or none',
  threats: ['X1', 'X5'],
  rfc: 'RFC 7301 §3.1',
  as: 'server',
  variants: {
    h2: { protocol: 'h2', alert: 'illegal_parameter', category: 'alpn.mismatch' },
    none: { protocol: 'none', alert: 'no_application_protocol', category: 'alpn.missing' },
  },
  expect: ({ alert, category }) => ({ alert, category }),
  async play(server, _kit, { protocol }) {
    await server.hearClientHello();
    server.openFlight({ protocol });
  },
});
