import { attack } from '../attack.ts';

/* Chosen, though never offered: CBC, static RSA, no encryption at all. */
export default attack({
  title: 'TLS 1.2: a server that chooses what we did not offer',
  threats: ['S13'],
  rfc: 'RFC 5246 §7.4.1.3',
  as: 'server-1.2',
  variants: { 'ecdhe-cbc': 0xc009, 'static-rsa': 0x009c, null: 0xc006, 'rc4-export': 0x0003 },
  expect: { alert: 'illegal_parameter', category: 'parameter.illegal' },
  async play(server, _kit, cipherSuite) {
    await server.hearClientHello();
    server.hello12({ cipherSuite });
  },
});
