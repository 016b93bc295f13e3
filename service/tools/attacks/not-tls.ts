import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* What scanners send to every port. “please give key” was sent to the original as well. */
export default attack({
  title: 'first bytes that are no TLS',
  rfc: 'RFC 9846 §5.1',
  as: 'client',
  variants: {
    'please-give-key': utf8ToBytes('please give key\r\n'),
    http: utf8ToBytes('GET / HTTP/1.1\r\n\r\n'),
    ssh: utf8ToBytes('SSH-2.0-OpenSSH_9.9\r\n'),
    sslv2: hexToBytes('802e010002'),
    rdp: hexToBytes('030000130ee00000000000010008000b000000'),
    'two-bytes': utf8ToBytes('GE'),
  },
  expect: { alert: 'protocol_version', category: 'record.not_tls' },
  play(client, _kit, bytes) {
    client.raw(bytes, 'not TLS');
  },
});
