import { concatBytes } from '@noble/hashes/utils.js';
import { recordHeader } from '../../tls/record.ts';
import { attack } from '../attack.ts';

/* Half a hello, and FIN: nothing may be decided on what did not come, and nothing kept. */
export default attack({
  title: 'a hello that is cut off',
  threats: ['R5'],
  rfc: 'RFC 9846 §6.1',
  as: 'client',
  variants: { 'after-0': 0, 'after-1': 1, 'after-3': 3, 'after-5': 5, 'after-100': 100 },
  expect: (length) => ({ alert: 'none', category: length === 0 ? 'empty' : 'eof' }),
  play(client, _kit, length) {
    const hello = client.clientHelloMessage();
    if (length > 0)
      client.raw(concatBytes(recordHeader(22, hello.length), hello).subarray(0, length), 'the beginning of a hello');
    client.leave();
  },
});
