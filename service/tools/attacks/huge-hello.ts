import { attack } from '../attack.ts';

/* 16 MiB announced in four bytes, by somebody who has said nothing else. */
export default attack({
  title: 'a ClientHello of 16 MiB, announced',
  threats: ['J8'],
  rfc: 'RFC 9846 §4',
  as: 'client',
  expect: { alert: 'illegal_parameter', category: 'limit.message' },
  play(client) {
    client.record(22, Uint8Array.of(1, 0xff, 0xff, 0xff));
  },
});
