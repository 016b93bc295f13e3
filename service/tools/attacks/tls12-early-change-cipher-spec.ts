import { attack } from '../attack.ts';

/* CVE-2014-0224 (CCS injection): a server that changes keys before there are any uses those of nobody, and everybody knows them. */
export default attack({
  title: 'TLS 1.2: ChangeCipherSpec before ClientKeyExchange',
  threats: ['S8'],
  rfc: 'RFC 5246 §7.1',
  as: 'client-1.2',
  variants: { 'after-the-hello': false, 'after-certificate': true },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit, shown) {
    client.hello();
    await client.serverFlight();
    if (shown) client.certificate([await kit.published('bounty: client')]);
    client.sayChangeCipherSpec();
  },
});
