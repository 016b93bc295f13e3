import { attack } from '../attack.ts';

/* A HelloRetryRequest must ask for something, once. */
export default attack({
  title: 'HelloRetryRequest for nothing, for what is there, for what was not offered',
  threats: ['S6'],
  rfc: 'RFC 9846 §4.1.4',
  as: 'server',
  variants: {
    'for-nothing': { choices: {}, category: 'hello_retry' },
    'for-what-is-there': { choices: { group: 0x001d }, category: 'hello_retry' },
    'for-x448': { choices: { group: 0x001e }, category: 'parameter.illegal' },
  },
  expect: ({ category }) => ({ alert: 'illegal_parameter', category }),
  async play(server, _kit, { choices }) {
    await server.hearClientHello();
    server.helloRetryRequest(choices);
  },
});
