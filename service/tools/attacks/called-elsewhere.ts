import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A proxy may say whom it speaks for. We say it too, and name somebody who has not asked: who is called then? */
export default attack({
  title: 'the call back, ordered for somebody else',
  threats: ['X7'],
  rfc: 'PROXY protocol 2.1, 2.2',
  as: 'caller',
  variants: {
    'proxy-v1': utf8ToBytes('PROXY TCP4 192.0.2.1 127.0.0.1 40000 10001\r\n'),
    'proxy-v2': concatBytes(
      hexToBytes('0d0a0d0a000d0a515549540a'),
      hexToBytes('2111000c'),
      hexToBytes('c00002017f0000019c402711'),
    ),
    'forwarded-for': utf8ToBytes('GET / HTTP/1.1\r\nForwarded: for=192.0.2.1\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n'),
  },
  expect: { alert: 'none', category: 'dialback.triggered' },
  alsoCounted: ['empty'],
  async play(caller, kit, order) {
    caller.raw(order, 'an order to call 192.0.2.1');
    const server = await kit.called();
    await server.hearClientHello();
    kit.note('it is us who are called');
    server.leave('reset');
  },
});
