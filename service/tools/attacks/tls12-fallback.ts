import { attack } from '../attack.ts';

/* The POODLE dance: a client that was pushed down to 1.2 says so, and a server that speaks 1.3 must take the hint. */
export default attack({
  title: 'TLS 1.2 with TLS_FALLBACK_SCSV',
  threats: ['S13'],
  rfc: 'RFC 7507 §3',
  as: 'client-1.2',
  expect: { alert: 'inappropriate_fallback', category: 'downgrade' },
  play(client) {
    client.hello({ cipherSuites: [0xc02b, 0x5600] });
  },
});
