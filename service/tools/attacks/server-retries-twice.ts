import { attack } from '../attack.ts';

/* A client that answers every HelloRetryRequest can be kept at it for ever. */
export default attack({
  title: 'HelloRetryRequest twice',
  threats: ['S6'],
  rfc: 'RFC 9846 §4.1.4',
  as: 'server',
  expect: { alert: 'unexpected_message', category: 'hello_retry' },
  async play(server) {
    await server.hearClientHello();
    server.helloRetryRequest({ group: 0x0017 });
    await server.hearClientHello();
    server.helloRetryRequest({ group: 0x0017 });
  },
});
