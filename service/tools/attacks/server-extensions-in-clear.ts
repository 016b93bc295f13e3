import { attack } from '../attack.ts';

/* EncryptedExtensions in the record of ServerHello: in clear, by anybody. */
export default attack({
  title: 'EncryptedExtensions in clear, behind ServerHello',
  threats: ['S10'],
  rfc: 'RFC 9846 §5.1',
  as: 'server',
  expect: { alert: 'unexpected_message', category: 'handshake.fragments' },
  async play(server) {
    await server.hearClientHello();
    const hello = server.serverHelloMessage({ group: 0x001d, keyExchange: new Uint8Array(32).fill(9) });
    server.sayTogether(hello, Uint8Array.of(8, 0, 0, 2, 0, 0));
  },
});
