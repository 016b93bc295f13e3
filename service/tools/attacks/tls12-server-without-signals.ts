import { attack } from '../attack.ts';

/* What makes TLS 1.2 bearable is said in ServerHello, or it is not there. */
export default attack({
  title: 'TLS 1.2: a server without extended_main_secret, or without renegotiation_info',
  threats: ['X6', 'S12'],
  rfc: 'RFC 7627 §5.2, RFC 5746 §3.4',
  as: 'server-1.2',
  variants: {
    'no-extended-main-secret': { choices: { extendedMainSecret: false }, category: 'ems.missing' },
    'no-renegotiation-info': { choices: { renegotiationInfo: 'none' }, category: 'reneg.missing' },
  },
  expect: ({ category }) => ({ alert: 'handshake_failure', category }),
  async play(server, _kit, { choices }) {
    await server.hearClientHello();
    server.hello12(choices);
  },
});
